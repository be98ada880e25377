"""The object storage's process is killed while pictures are on their way: it is told, and the same command goes on."""

import os
import random
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

import object_storage
from processes import ENDS_WITH_US

ADDRESS = "s3://photos/all"
PICTURES = 150
# Of each request: 16 at once, all pictures take a second.
SECONDS = 0.1
PATIENCE = 60


@pytest.fixture
def pictures(tmp_path):
    """A data folder with so many pictures, no two alike."""
    chance = random.Random(1)
    for number in range(PICTURES):
        place = tmp_path / "data" / ("training", "validation")[number % 5 == 0] / ("cat", "dog")[number % 2]
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number:03}.jpg").write_bytes(chance.randbytes(20_000))
    return tmp_path / "data"


@pytest.fixture
def gateway(tmp_path, named):
    """A process with `start()` and `kill()`; `objects` outlive it."""
    folder = tmp_path / "bucket"
    folder.mkdir()
    running = []

    def start():
        port = made.url.rpartition(":")[2] if running else "0"
        command = [*ENDS_WITH_US, sys.executable, object_storage.__file__, port, str(folder), str(SECONDS)]
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        made.url = running[-1].stdout.readline().strip()
        named(made.url)

    def kill():
        running[-1].kill()
        running[-1].wait()
        running[-1].stdout.close()

    made = SimpleNamespace(start=start, kill=kill, objects=object_storage.OnDisk(folder), url="")
    start()
    yield made
    kill()


@pytest.fixture
def catdog():
    """Begins the command in a process of its own."""
    begun = []

    def begin(*arguments):
        command = [*ENDS_WITH_US, sys.executable, "-m", "catdog", *map(str, arguments)]
        begun.append(subprocess.Popen(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))  # fmt: skip
        return begun[-1]

    yield begin
    for process in begun:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def ended(process):
    """Exit code, the last lines of stdout and of stderr."""
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out.splitlines()[-1:], err.splitlines()[-1:]


def wait_for(condition, process):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()
        time.sleep(0.01)


def files(folder):
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.jpg")}


def contents(folder):
    return {name: path.read_bytes() for name, path in files(folder).items()}


def test_a_load_is_told_of_it_and_goes_on(gateway, pictures, tmp_path, catdog):
    assert ended(catdog("store", pictures, ADDRESS))[0] == 0
    out = tmp_path / "out"
    load = catdog("load", "--from-s3", ADDRESS, "--out", out)
    wait_for(lambda: len(files(out)) > 30, load)
    gateway.kill()
    code, told, (error,) = ended(load)
    assert (code, told) == (2, [])
    assert error.startswith(f"catdog: {ADDRESS} at {gateway.url}: ") and "give the same command again" in error
    assert not (out / "training").exists()
    before = {path.stat().st_ino for path in files(out).values()}
    assert 30 < len(before) < PICTURES

    gateway.start()
    assert ended(catdog("load", "--from-s3", ADDRESS, "--out", out)) == (0, [f"{PICTURES} pictures are in {out}"], [])
    assert contents(out) == contents(pictures)
    assert before <= {path.stat().st_ino for path in files(out).values()}, "what had come was loaded again"


def test_a_store_is_told_of_it_and_goes_on(gateway, pictures, tmp_path, catdog):
    store = catdog("store", pictures, ADDRESS)
    wait_for(lambda: len(gateway.objects) > 30, store)
    gateway.kill()
    code, _, (error,) = ended(store)
    assert code == 2
    assert error.startswith(f"catdog: {ADDRESS} at {gateway.url}: ") and "give the same command again" in error
    before = len(gateway.objects) - 1  # the mark that it is not whole
    assert 30 <= before < PICTURES

    gateway.start()
    out = tmp_path / "out"
    code, _, (error,) = ended(catdog("load", "--from-s3", ADDRESS, "--out", out))
    assert code == 2 and "is being stored, or that was interrupted" in error
    code, (told,), _ = ended(catdog("store", pictures, ADDRESS))
    assert (code, told) == (0, f"{PICTURES} of {PICTURES} pictures are stored, {before} of them before: "
                               f"{ADDRESS} at {gateway.url}")  # fmt: skip
    assert ended(catdog("load", "--from-s3", ADDRESS, "--out", out))[0] == 0
    assert contents(out) == contents(pictures)
