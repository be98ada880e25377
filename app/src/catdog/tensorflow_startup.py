"""TensorFlow without the lines that its libraries write to standard error and that are not for its users."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# For TensorFlow's own variable: 0 is all, 1 leaves out information, 2 warnings, 3 errors.
ERRORS_ONLY = "2"


def start_tensorflow() -> None:
    """Import TensorFlow and start its runtime. What it logs meanwhile is lost; what goes wrong is raised, as ever.

    Later it logs errors, and what it dies of, but no warnings, unless TF_CPP_MIN_LOG_LEVEL says otherwise.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", ERRORS_ONLY)
    with _standard_error_to_nowhere(), _without("matplotlib"):
        import tensorflow as tf

        tf.reduce_sum(tf.zeros(1)).numpy()
    if os.environ["TF_CPP_MIN_LOG_LEVEL"] >= ERRORS_ONLY:  # which its Python does not read
        tf.get_logger().setLevel(logging.ERROR)


@contextmanager
def _without(package: str) -> Iterator[None]:
    """As if the package were not installed, unless it is imported already.

    Keras imports matplotlib for figures that nobody here draws: half a second of every start.
    """
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[package]


@contextmanager
def _standard_error_to_nowhere() -> Iterator[None]:
    # The lines come from C++, past sys.stderr, and before the level in TF_CPP_MIN_LOG_LEVEL is looked at.
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
