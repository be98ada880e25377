"""Trainings that end before they are done: killed, or on a full disk; the same call goes on."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from catdog.data import dataset
from catdog.data.dataset import PictureStore
from catdog.errors import OutputError
from catdog.models import files as model_files
from catdog.models import networks
from catdog.training import recipes, run
from catdog.training.recipes import Phase

SOURCES = Path(run.__file__).parents[2]
SIDE = 32
TINY = replace(recipes.get("fast", "poor"), phases=(Phase(3, SIDE),), store_side=SIDE, test_size=SIDE)

# Runs in a process of its own: killed when the second epoch's state is written, but not yet in its place.
KILLED = """
import os, signal, sys
from pathlib import Path
from test_interrupted_training import narrow, train

replace, saved = Path.replace, 0

def kill_at_the_second(path, target):
    global saved
    saved += path.name == "checkpoint.partial"
    if saved == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(path, target)

Path.replace = kill_at_the_second
narrow(setattr)
train(Path(sys.argv[1]))
"""


def narrow(change):
    """A network that computes in no time, and few drawings to measure it on."""
    change(networks, "FAST_STEM", 16)
    change(networks, "FAST_STAGES", ((16, 1), (64, 1)))
    change(run, "UNSEEN_DRAWINGS", 4)


def train(out: Path) -> dict:
    return run.run_recipe(TINY, None, out, 1)


@pytest.fixture(autouse=True)
def narrow_network(monkeypatch):
    narrow(monkeypatch.setattr)


def test_a_training_that_was_killed_goes_on_by_the_same_call(tmp_path):
    out = tmp_path / "out"
    environment = os.environ | {"PYTHONPATH": f"{SOURCES}{os.pathsep}{Path(__file__).parent}"}
    killed = subprocess.run([sys.executable, "-c", KILLED, str(out)], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (out / run.WORK / "checkpoint.partial").exists()

    metrics = train(out)
    assert metrics["resumed_after_epochs"] == [1]
    assert [record["epoch"] for record in json.loads((out / "history.json").read_text())] == [1, 2, 3]
    assert not (out / run.WORK).exists()


def test_a_full_disk_while_decoding_names_the_file_and_leaves_nothing(tmp_path, files_of_at_most):
    examples = dataset.bundled("training")
    with files_of_at_most(10_000), pytest.raises(OutputError, match=r"[0-9a-f]+\.partial: the file would be larger"):
        PictureStore.open(examples, tmp_path, SIDE)
    assert not list(tmp_path.iterdir())
    assert len(PictureStore.open(examples, tmp_path, SIDE)) == 80


def test_a_full_disk_while_training_names_the_folder(tmp_path, files_of_at_most):
    pictures = 80 * SIDE * SIDE * 3
    with (
        files_of_at_most(pictures + 10_000),
        pytest.raises(OutputError, match="/unfinished: the file would be"),
    ):
        train(tmp_path)
    assert not list(tmp_path.glob("model*"))


def test_a_full_disk_while_the_model_is_saved_names_the_file_and_keeps_the_one_before(tmp_path, files_of_at_most):
    before = model_files.save(tmp_path, networks.build("fast"), "poor", SIDE, False, 1.0)
    with files_of_at_most(100_000), pytest.raises(OutputError, match=r"partial.model.weights.h5: the file would be"):
        model_files.save(tmp_path, networks.build("fast"), "poor", SIDE, False, 2.0)
    assert model_files.find(tmp_path) == before


def test_a_file_in_place_of_the_folder_is_refused_before_training(tmp_path):
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(OutputError, match="out/unfinished: cannot be made, as there is a file"):
        train(tmp_path / "out")
