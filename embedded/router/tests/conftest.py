"""Where the router's package and the tests' own helpers are found, and what HAProxy leaves behind."""

import os
import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parent.parent / "src"), str(Path(__file__).resolve().parent)]


@pytest.fixture(autouse=True)
def blocking_output():
    """HAProxy, which writes where the tests do, has these files not block; Ansible, in later tests, wants them to."""
    yield
    for descriptor in (1, 2):
        os.set_blocking(descriptor, True)
