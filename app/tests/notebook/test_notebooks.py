"""The notebooks: short, stripped, prose before code, and they run, on small settings and a topic in memory."""

import hashlib
import io
import json
import re
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from catdog.drawing import draw, layout
from catdog.models import files as model_files

FOLDER = Path(__file__).parents[2] / "notebooks"
SOURCES = Path(__file__).parents[2] / "src"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MAX_CODE_LINES = 6
# A kernel that starts TensorFlow and trains takes half a minute alone, more beside other work.
pytestmark = pytest.mark.timeout(300)

# What the kernel runs before the first cell: the topic is a list in memory, in place of brokers.
TOPIC = '''
import base64, json, os
from types import SimpleNamespace
from catdog.kafka import reader as kafka_reader

class Topic:
    """A topic with one partition; `late` comes once the reader has asked in vain."""
    _cluster, _fetcher = SimpleNamespace(config={}), SimpleNamespace()
    def __init__(self, **_):
        kept = json.loads(open(os.environ["TEST_TOPIC"]).read())
        self.records = [self.record(n, r) for n, r in enumerate(kept["there"])]
        self.late = [self.record(len(self.records) + n, r) for n, r in enumerate(kept["late"])]
    def record(self, offset, kept):
        headers = [(key, value.encode()) for key, value in kept["headers"].items()]
        return SimpleNamespace(topic="rhte", partition=0, offset=offset, timestamp=0, headers=headers,
                               value=base64.b64decode(kept["value"]))
    def partitions_for_topic(self, topic): return {0}
    def assign(self, partitions): self.partition = partitions[0]
    def beginning_offsets(self, _): return {self.partition: 0}
    def end_offsets(self, _): return {self.partition: len(self.records)}
    def seek(self, _, offset): self.at = offset
    def position(self, _): return self.at
    def poll(self, timeout_ms, max_records):
        found = self.records[self.at:]
        self.at = len(self.records)
        if not found:
            self.records += self.late
        return {self.partition: found} if found else {}
    def close(self): pass

kafka_reader.KafkaConsumer = Topic
'''


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home folder as the image's start lays it out, and the environment that the pod is given."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(SOURCES))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path / "matplotlib"))
    monkeypatch.setenv("CATDOG_QUICK_EPOCHS", "2")
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "broker:9093")
    monkeypatch.setenv("KAFKA_TOPIC", "rhte")
    for name in (
        "CATDOG_BUCKET", "CATDOG_IMAGE_PHOTOS", "CATDOG_MODELS", "CATDOG_SHIPPED_MODELS", "KAFKA_SECURITY_PROTOCOL",
        "KAFKA_SSL_CAFILE", "KAFKA_TRAINING_TOPIC",
    ):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def run(path: Path, home: Path, before: str = "", after: str = "", last: str = "") -> list[str]:
    """Run a notebook in `home`, with a cell before and one after it; all outputs as text and HTML.

    last: id of the last cell to run, where it is not all of them.
    """
    notebook = nbformat.read(path, as_version=4)
    if last:
        notebook.cells = notebook.cells[: 1 + [cell.id for cell in notebook.cells].index(last)]
    for index, source in ((0, before), (len(notebook.cells) + 1, after)):
        if source:
            notebook.cells.insert(index, nbformat.v4.new_code_cell(source))
    NotebookClient(notebook, timeout=280, resources={"metadata": {"path": str(home)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    shown = [output.get("text", "") for output in outputs]
    # TensorFlow's C++ begins its lines with level, date and time.
    assert not re.search(r"^[IWEF]\d{4} ", "\n".join(shown), re.MULTILINE)
    for output in outputs:
        shown += [str(content) for content in output.get("data", {}).values()]
    return shown


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_is_stripped_and_short(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for before, cell in zip([None, *notebook.cells], notebook.cells, strict=False):
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
            assert len(cell.source.splitlines()) <= MAX_CODE_LINES
            assert "def " not in cell.source
            assert re.findall(r"import|catdog\.\w+", cell.source) in (
                [],
                ["catdog.notebook"],
                ["catdog.notebook", "import"],
            )
            assert before.cell_type == "markdown"


def test_train_shows_curves_and_keeps_the_model(home):
    layout.write(layout.laid_out(16, 8, seed=1), home, size=64)

    shown = run(FOLDER / "01_train.ipynb", home)

    assert (home / "models/poor" / model_files.DESCRIPTION).is_file()
    history = json.loads((home / "models/poor/history.json").read_text())
    assert [record["epoch"] for record in history] == [1, 2]
    assert any("iVBOR" in text for text in shown)
    assert any("poor model" in text and "well model" in text and "of 500" in text for text in shown)


def kept(value: bytes, name: str) -> dict:
    import base64

    return {"headers": {"file-name": name, "sha256": hashlib.sha256(value).hexdigest()},
            "value": base64.b64encode(value).decode()}  # fmt: skip


def png(label: str) -> bytes:
    buffer = io.BytesIO()
    draw(label, 5).save(buffer, "PNG")
    return buffer.getvalue()


def test_classify_shows_what_both_models_say(home, monkeypatch):
    topic = home / "topic.json"
    topic.write_text(
        json.dumps({"there": [kept(png("cat"), "tom.png"), kept(b"no picture", "bad.txt")],
                    "late": [kept(png("dog"), "rex.png")]})
    )  # fmt: skip
    monkeypatch.setenv("TEST_TOPIC", str(topic))

    shown = "\n".join(run(FOLDER / "02_classify_from_kafka.ipynb", home, TOPIC))

    assert "topic rhte at broker:9093 (PLAINTEXT)" in shown
    for name in ("tom.png", "rex.png"):
        assert name in shown
    assert shown.count("data:image/png;base64") == 2
    assert "bad.txt" in shown
    assert "it is text" in shown
    assert shown.count(">well</td>") == shown.count(">poor</td>") == 2


# The training topic: what is sent is a list of this process's, and is read from there.
TRAINING_TOPIC = """
from catdog.kafka.reader import Record
from catdog.kafka.sender import Acknowledged
from catdog.transfer import from_topic, to_topic

class Training:
    records, topic_id, first_offsets = [], "id-1", {0: 0}
    def __init__(self, settings, group=None): self.settings, self.new, self.at = settings, [], 0
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def send(self, tag, key, value, headers):
        self.new.append(Acknowledged(tag, 0, len(self.records)))
        self.records.append(Record(self.settings.topic, 0, len(self.records), 0, headers, value))
    def wait(self, seconds): return True
    def acknowledged(self):
        new, self.new = self.new, []
        return new
    def seek(self, offsets): self.at = offsets.get(0, 0)
    def offsets(self): return {0: len(self.records)}
    total = property(lambda self: len(self.records))
    def batches(self): yield self.records[self.at:]

to_topic.RecordSender = from_topic.WholeTopic = Training
"""


def test_more_photos_travel_and_the_model_learns_from_them(home):
    layout.write(layout.laid_out(24, 8, seed=1), home / "more", size=64)

    shown = run(FOLDER / "04_more_photos.ipynb", home, TRAINING_TOPIC)

    text = "\n".join(shown)
    assert "32 of 32 pictures are in topic rhte.training at broker:9093" in text
    assert "32 pictures are in from-topic" in text
    assert text.count("This lab has no object storage: CATDOG_BUCKET is not set.") == 2
    assert "This notebook's image has no photos: ask your instructor for one that has, which `make lab ARGS=" in text
    assert not (home / "from-image").exists()
    sent, loaded = (sorted(path.read_bytes() for path in (home / folder).rglob("*.png"))
                    for folder in ("more/data", "from-topic"))  # fmt: skip
    assert sent == loaded
    trained = model_files.read(home / "models/poor").hash[:12]
    (table,) = (one for one in shown if ">before</td>" in one)
    before, after = re.findall(r">([0-9.]+%)</td><td[^>]*>8</td><td[^>]*>([0-9a-f]{12})<", table)
    assert after[1] == trained != before[1]


def test_the_photos_of_the_image_are_to_be_learned_from(home, monkeypatch):
    layout.write(layout.by_label(20, seed=1), home / "image", size=64)
    layout.write(layout.laid_out(8, 4, seed=2), home / "more", size=64)
    monkeypatch.setenv("CATDOG_IMAGE_PHOTOS", str(home / "image"))

    measured = 'from catdog.notebook import measure\nprint(measure("poor", "from-image").count)'
    shown = run(FOLDER / "04_more_photos.ipynb", home, TRAINING_TOPIC, measured, last="image-cell")

    assert "20 pictures are in from-image" in "\n".join(shown)
    assert "4\n" in shown
    assert sorted(path.resolve() for path in (home / "from-image").rglob("*.png")) == sorted(
        (home / "image").rglob("*.png")
    )


# A photo chosen in the browser, which nbclient has not.
UPLOAD = """
from datetime import UTC, datetime
upload = PhotoUpload(classifiers)
photo = {"name": "tom.png", "type": "image/png", "size": 1, "last_modified": datetime.now(UTC)}
upload.button.value = (photo | {"content": memoryview(open("tom.png", "rb").read())},)
print(upload.shown.value)
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A server on this machine for the pictures below tmp_path/site."""
    monkeypatch.setenv("no_proxy", "*")
    (tmp_path / "site").mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path / "site"))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_compare_shows_both_models_their_differences_and_what_they_look_at(home, site):
    layout.write(layout.laid_out(2, 4, seed=1), home, size=64)
    shutil.copytree(FOLDER / "lists", home / "lists")
    (home / "lists/original.txt").write_text(f"[Gone <b>]\n{site}/cat.png\n{site}/gone.jpg\nftp://a.invalid/b.jpg\n")
    for place in (home / "site/cat.png", home / "tom.png"):
        place.write_bytes(png("cat"))

    shown = "\n".join(run(FOLDER / "03_compare.ipynb", home, after=UPLOAD))

    assert "4 pictures classified" in shown
    assert "1 picture classified" in shown and "2 could not be read." in shown
    assert "Gone &lt;b&gt;" in shown
    assert "the server answers 404" in shown
    assert f"<a href='{site}/cat.png'" in shown
    # Two drawings and the upload, each with a heat map and a table.
    assert shown.count("alt='what each model looked at'") == shown.count(">well</td>") == 3
    assert "<h4>tom.png</h4>" in shown
    assert "FileUpload" in shown


def test_an_error_is_one_line_without_a_traceback(home, monkeypatch):
    monkeypatch.delenv("KAFKA_TOPIC")
    notebook = nbformat.read(FOLDER / "02_classify_from_kafka.ipynb", as_version=4)
    with pytest.raises(CellExecutionError):
        NotebookClient(notebook, timeout=280, resources={"metadata": {"path": str(home)}}).execute()

    told = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("InputError: KAFKA_TOPIC is not set" in output.get("text", "") for output in told)
    assert not any("Traceback" in str(output) for output in told)
