"""What several tests need."""

import resource
from contextlib import contextmanager

import pytest

from catdog import diary


@pytest.fixture(autouse=True)
def unnoted(monkeypatch):
    """What tests do is noted in nobody's diary; a test of the diary takes this back."""
    monkeypatch.setenv(diary.UNNOTED, "1")


@pytest.fixture
def noted(monkeypatch, tmp_path):
    """Lets entries be made, in a home folder of the test's own; then what was done, by its kind: how many pictures."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv(diary.UNNOTED)
    return lambda: {what: doing.pictures for what, doing in diary.read().items()}


@pytest.fixture
def files_of_at_most():
    """Stands for a full disk: within `with files_of_at_most(size)` no longer file can be written."""

    @contextmanager
    def limited(size: int):
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return limited
