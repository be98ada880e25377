"""Images that OpenShift builds from what is uploaded: by module binary_build, over the simulation's API."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import urllib3
from support.api_server import served

SIMULATION = Path(__file__).resolve().parents[2] / "molecule/openshift/simulation"
CONFIG = {
    "metadata": {"name": "notebook"},
    "spec": {
        "strategy": {"dockerStrategy": {"dockerfilePath": "Containerfile", "buildArgs": [{"name": "A", "value": "b"}]}},
        "output": {"to": {"kind": "ImageStreamTag", "name": "notebook:one"}},
    },
}


class ChunkedLogs:
    """For the simulation's handler, before it: a log comes line by line, as OpenShift sends it."""

    def _log(self, lines: Iterator[str]) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        with suppress(OSError):  # who reads may go before its end
            for line in lines:
                self.wfile.write(f"{len(line) + 1:x}\r\n{line}\n\r\n".encode())
            self.wfile.write(b"0\r\n\r\n")


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The simulation's builds, with one BuildConfig and an ImageStream; `built` has what was built."""
    monkeypatch.syspath_prepend(SIMULATION)
    import builds

    built: list[Any] = []
    seen: list[list[str]] = []

    def build(folder: Path, reference: str, arguments: dict[str, str]) -> Iterator[str]:
        text = (folder / "Containerfile").read_text()
        for number in range(60 if "talkative" in text else 0):
            time.sleep(0.05)
            yield f"COPY {number}"
        seen.append([".", *sorted(f"./{path.relative_to(folder)}" for path in folder.rglob("*"))])
        yield from (f"STEP {number}" for number in range(30))
        if "false" in text:
            yield "no such package"
            raise OSError("exit status 1")
        built.append((text, reference, arguments))

    made = builds.Builds(build, "registry.test:5000")
    made.built, made.seen = built, seen
    made.configs.create("images", {**CONFIG, "metadata": dict(CONFIG["metadata"])})
    made.streams.create("images", {"metadata": {"name": "notebook"}})
    return made


@pytest.fixture
def run(builds: Any, load_plugin: Callable[[str], ModuleType], tmp_path: Path) -> Iterator[Callable[..., str]]:
    """`run(…)`: builds the folder `context`; returns the Build's name."""
    import api

    from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_client import api_client

    units = load_plugin("module_utils/binary_builds")
    units.INTERVAL = 0.05
    units.HELD_SECONDS = 0.2
    context = tmp_path / "context"
    context.mkdir()
    (context / "Containerfile").write_text("FROM base\n")
    handler = api.handler(api.Platform(SimpleNamespace(check=lambda name: None), builds))
    with served(tmp_path, type("Handler", (ChunkedLogs, handler), {})) as kubeconfig:

        def run(config: str = "notebook", seconds: float = 20) -> str:
            return units.BinaryBuilds(api_client(kubeconfig), "images").run(config, str(context), seconds)

        run.error = units.BuildError
        yield run


def mistaken(builds: Any, mistake: str) -> None:
    builds.configs.patch("images", "notebook", {"metadata": {"annotations": {"simulation/mistake": mistake}}})


def test_what_is_uploaded_is_built_and_tagged(run, builds):
    assert run() == "notebook-1"
    reference = "registry.test:5000/images/notebook:one"
    assert builds.built == [("FROM base\n", reference, {"A": "b"})]
    [tag] = builds.streams.get("images", "notebook")["status"]["tags"]
    assert (tag["tag"], tag["items"]) == ("one", [{"dockerImageReference": reference}])


def test_of_a_build_that_fails_the_last_lines_are_told(run, builds):
    mistaken(builds, "step")
    with pytest.raises(run.error) as failed:
        run()
    first, *lines, last = str(failed.value).splitlines()
    assert first == (
        "Build notebook-1 of project images Failed: DockerBuildFailed, Dockerfile build strategy has failed."
    )
    assert "  no such package" in lines
    assert "  STEP 1" not in lines
    assert last == "All of it: oc logs build/notebook-1 -n images"


def test_a_build_that_cannot_begin_is_told_and_removed(run, builds):
    mistaken(builds, "quota")
    with pytest.raises(run.error, match=r"cannot begin: CannotCreateBuildPod, .*exceeded quota.*\nFree what it names"):
        run()
    assert builds.builds.list("images")["items"] == []
    mistaken(builds, "")
    assert run() == "notebook-2"


def test_a_build_that_does_not_end_is_told_and_removed(run, builds):
    mistaken(builds, "quota")
    with pytest.raises(run.error, match="has not ended within 0 s, in phase New"):
        run(seconds=0)
    assert builds.builds.list("images")["items"] == []


def test_a_build_config_that_is_missing_is_told(run):
    with pytest.raises(run.error, match=r'POST /buildconfigs/other/instantiate.*: buildconfigs "other" not found'):
        run("other")


def test_the_upload_holds_empty_folders_too(run, builds, tmp_path):
    (tmp_path / "context/photos").mkdir()
    run()
    assert builds.seen == [[".", "./Containerfile", "./photos"]]


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, dict[str, Any]]]:
    """What the API is asked: method, path below the project, and how."""
    asked: list[tuple[str, str, dict[str, Any]]] = []
    request = urllib3.PoolManager.request

    def watched(pool: urllib3.PoolManager, method: str, url: str, **how: Any) -> Any:
        asked.append((method, url.partition("/namespaces/images")[2], how))
        return request(pool, method, url, **how)

    monkeypatch.setattr(urllib3.PoolManager, "request", watched)
    return asked


def failing(monkeypatch: pytest.MonkeyPatch, method: str, times: int, end: Callable[[], Any]) -> None:
    """So many requests of this method are answered by `end`."""
    request, left = urllib3.PoolManager.request, [times]

    def cut(pool: urllib3.PoolManager, asked: str, url: str, **how: Any) -> Any:
        if asked == method and left[0]:
            left[0] -= 1
            return end()
        return request(pool, asked, url, **how)

    monkeypatch.setattr(urllib3.PoolManager, "request", cut)


def dropped() -> Any:
    raise urllib3.exceptions.ProtocolError("Connection aborted.")


def refused() -> Any:
    return SimpleNamespace(status=403, data=b"builds are forbidden")


def test_an_api_that_is_away_for_a_moment_ends_no_build(run, monkeypatch):
    failing(monkeypatch, "GET", 3, dropped)
    assert run() == "notebook-1"


def test_an_api_that_stays_away_ends_the_wait(run, monkeypatch):
    failing(monkeypatch, "GET", 1000, dropped)
    with pytest.raises(urllib3.exceptions.ProtocolError):
        run(seconds=0.3)


def test_what_is_asked_has_a_time_limit(run, builds, requests):
    mistaken(builds, "quota")
    with pytest.raises(run.error):
        run(seconds=0)
    assert {(method, how.get("timeout")) for method, _, how in requests} == {
        ("POST", None),
        ("GET", 30),
        ("DELETE", 30),
    }


def test_a_log_that_keeps_coming_does_not_keep_the_build(run, builds, tmp_path):
    (tmp_path / "context/Containerfile").write_text("FROM talkative\n")
    started = time.monotonic()
    with pytest.raises(run.error, match="has not ended within 1 s, in phase Running\n  COPY"):
        run(seconds=1)
    assert time.monotonic() - started < 2.5


@pytest.mark.parametrize("end", [dropped, refused])
@pytest.mark.parametrize(("seconds", "said"), [(20, "cannot begin: "), (0, "has not ended within 0 s")])
def test_a_removal_that_fails_does_not_hide_why(run, builds, monkeypatch, end, seconds, said):
    mistaken(builds, "quota")
    failing(monkeypatch, "DELETE", 1, end)
    with pytest.raises(run.error, match=said):
        run(seconds=seconds)
