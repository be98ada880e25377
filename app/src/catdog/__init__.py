"""Cats and dogs for a Kafka and notebook lab: draw pictures, train, send, receive, classify."""

from importlib.metadata import PackageNotFoundError, version

LABELS = ("cat", "dog")

try:
    __version__ = version("catdog")
except PackageNotFoundError:  # run from the source folder, not installed
    __version__ = "0"
