"""What several tests need."""

import resource
from contextlib import contextmanager

import pytest


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
