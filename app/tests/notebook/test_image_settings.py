"""The image's settings of JupyterLab lie where its server reads them."""

from pathlib import Path

from jupyter_server.serverapp import ServerApp

from catdog.limits import MAX_MESSAGE_BYTES

FOLDER = Path(__file__).parents[2] / "image" / "jupyter" / "etc" / "jupyter"


def test_the_server_takes_the_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(FOLDER))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))

    server = ServerApp()
    server.load_config_file()

    assert server.config.LabApp.extension_manager == "readonly"
    # A photo of the largest size, and a larger one to be refused in words, come in one message.
    assert server.tornado_settings["websocket_max_message_size"] >= 3 * MAX_MESSAGE_BYTES
