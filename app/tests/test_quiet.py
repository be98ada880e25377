"""TensorFlow starts without what only its libraries want."""

import importlib
import sys

import pytest

from catdog import quiet


def test_hides_a_package_for_a_while_unless_it_is_in_use(monkeypatch):
    monkeypatch.delitem(sys.modules, "wave", raising=False)
    with quiet._without("wave"), pytest.raises(ImportError):
        importlib.import_module("wave")

    kept = importlib.import_module("wave")
    with quiet._without("wave"):
        assert sys.modules["wave"] is kept
    assert sys.modules["wave"] is kept
