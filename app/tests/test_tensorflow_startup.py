"""TensorFlow starts without what only its libraries want, and logs nothing that is not for its users."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from catdog import tensorflow_startup

SOURCES = Path(tensorflow_startup.__file__).parents[1]
START = "from catdog.tensorflow_startup import start_tensorflow; start_tensorflow()\n"
TRAIN = """
import sys
from dataclasses import replace
from pathlib import Path
from catdog.models import networks
from catdog.training import recipes, run

run.UNSEEN_DRAWINGS, networks.FAST_STAGES = 2, ((16, 1),)
tiny = replace(recipes.get("fast", "poor"), phases=(recipes.Phase(2, 32),), store_side=48, test_size=32)
run.run_recipe(tiny, None, Path(sys.argv[1]), 1)
"""
# As in a notebook whose cells are run again and again: each time the models are loaded and their functions traced anew.
TRACE = """
import tensorflow as tf
for _ in range(9):
    tf.function(lambda number: number + 1)(tf.zeros(1))
"""
# TensorFlow's own operation for it: C++ logs the error and ends the process.
DIE = """
import tensorflow as tf
with tf.Graph().as_default() as graph:
    tf.compat.v1.Session(graph=graph).run(tf.raw_ops.Abort(error_msg="a real one"))
"""


def run(code: str, *arguments: object) -> tuple[int, str]:
    """Exit code and standard error of a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(SOURCES)}
    environment.pop("TF_CPP_MIN_LOG_LEVEL", None)
    command = [sys.executable, "-c", START + code, *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def test_a_training_writes_nothing_to_standard_error(tmp_path):
    assert run(TRAIN, tmp_path) == (0, "")


def test_models_that_are_loaded_again_and_again_are_no_news():
    assert run(TRACE) == (0, "")


@pytest.mark.parametrize(
    ("code", "told"),
    [(DIE, "Abort_op intentional failure; a real one"), ("1 / 0", "ZeroDivisionError: division by zero")],
)
def test_a_real_error_reaches_standard_error(code, told):
    returned, error = run(code)

    assert returned != 0
    assert told in error


def test_hides_a_package_for_a_while_unless_it_is_in_use(monkeypatch):
    monkeypatch.delitem(sys.modules, "wave", raising=False)
    with tensorflow_startup._without("wave"), pytest.raises(ImportError):
        importlib.import_module("wave")

    kept = importlib.import_module("wave")
    with tensorflow_startup._without("wave"):
        assert sys.modules["wave"] is kept
    assert sys.modules["wave"] is kept
