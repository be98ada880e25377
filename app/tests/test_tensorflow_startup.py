"""TensorFlow starts without what only its libraries want."""

import importlib
import sys

import pytest

from catdog import tensorflow_startup


def test_hides_a_package_for_a_while_unless_it_is_in_use(monkeypatch):
    monkeypatch.delitem(sys.modules, "wave", raising=False)
    with tensorflow_startup._without("wave"), pytest.raises(ImportError):
        importlib.import_module("wave")

    kept = importlib.import_module("wave")
    with tensorflow_startup._without("wave"):
        assert sys.modules["wave"] is kept
    assert sys.modules["wave"] is kept
