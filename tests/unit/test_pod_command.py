"""How a command in a pod ends: with a code, without one, or with its connection lost."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from io import StringIO
from types import ModuleType
from typing import Any

import kubernetes.stream
import pytest
from kubernetes.stream.ws_client import ERROR_CHANNEL, STDERR_CHANNEL, STDOUT_CHANNEL, WSClient
from websocket import WebSocketConnectionClosedException

DROPPED = WebSocketConnectionClosedException("Connection to remote host was lost.")
SUCCESS = {"metadata": {}, "status": "Success"}
ENDED_WITH_7 = {
    "status": "Failure",
    "message": "command terminated with non-zero exit code: exit status 7",
    "reason": "NonZeroExitCode",
    "details": {"causes": [{"reason": "ExitCode", "message": "7"}]},
}
# As Kubernetes with containerd answers for an executable that the container does not have.
WHY = 'error executing command in container: exec: "/opt/tool": stat /opt/tool: no such file or directory: unknown'
NO_EXECUTABLE = {
    "status": "Failure",
    "message": f"Internal error occurred: {WHY}",
    "reason": "InternalError",
    "details": {"causes": [{"message": WHY}]},
    "code": 500,
}


class Answer(WSClient):
    """The package's client, over these frames (channel and text) in place of a socket, then the connection's end."""

    def __init__(self, *frames: tuple[int, str] | Exception, hangs: bool = False) -> None:
        self._connected, self._channels, self._returncode = True, {}, None
        self._all, self.binary, self.newline, self.sock = StringIO(), False, "\n", None
        self._frames, self._hangs = list(frames), hangs

    def update(self, timeout: float = 0) -> None:
        if not self._connected:
            return
        if self._frames:
            frame = self._frames.pop(0)
            if isinstance(frame, Exception):
                raise frame
            self._channels[frame[0]] = self._channels.get(frame[0], "") + frame[1]
        elif self._hangs:
            time.sleep(timeout)
        else:
            self._connected = False


def status(content: dict[str, Any]) -> tuple[int, str]:
    return ERROR_CHANNEL, json.dumps(content)


@pytest.fixture
def run(load_plugin: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], tuple]:
    """`run(answer)`: what run_in_pod makes of the answer."""
    module = load_plugin("module_utils/pod_command")
    monkeypatch.setattr(module, "api_client", lambda *_, **__: None)

    def run(answer: Answer) -> tuple[str, str, int | None]:
        monkeypatch.setattr(kubernetes.stream, "stream", lambda *_, **__: answer)
        return module.run_in_pod("kubeconfig", "lab", "notebook-1", "notebook", ["tool"], 0.1)

    return run


@pytest.mark.parametrize(("end", "code"), [(SUCCESS, 0), (ENDED_WITH_7, 7)])
def test_a_command_ends_with_its_output_and_code(run, end: dict[str, Any], code: int) -> None:
    said = [(STDOUT_CHANNEL, "a"), (STDERR_CHANNEL, "b"), (STDOUT_CHANNEL, "c")]
    assert run(Answer(*said, status(end))) == ("ac", "b", code)


def test_a_command_that_has_not_ended_has_no_code(run) -> None:
    assert run(Answer((STDOUT_CHANNEL, "a"), hangs=True)) == ("a", "", None)


@pytest.mark.parametrize("said", ["", "a warning", "a warning\n"])
def test_an_executable_that_is_missing_is_a_code_and_a_complaint(run, said: str) -> None:
    frames = [(STDERR_CHANNEL, said)] if said else []
    printed, complained, code = run(Answer(*frames, status(NO_EXECUTABLE)))
    assert (printed, code) == ("", 126)
    assert complained.splitlines() == [*said.splitlines(), NO_EXECUTABLE["message"]]


@pytest.mark.parametrize("frames", [[], [(STDOUT_CHANNEL, "half of")], [(STDOUT_CHANNEL, "half of"), DROPPED]])
def test_a_connection_that_is_lost_is_an_error_of_the_system(run, frames: list) -> None:
    with pytest.raises(OSError, match="the connection to pod lab/notebook-1 was lost"):
        run(Answer(*frames))
