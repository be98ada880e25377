"""The models that are asked just now: loaded at the start, and again whenever their files change."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType

import tensorflow as tf

from catdog.errors import CatdogError, ModelError
from catdog.models import files as model_files
from catdog.models.classifier import Classifier

LOOK_SECONDS = 2
# Without it the service has nothing to say; the attendee's own may come later.
NEEDED = "well"

# What tells one state of a model's files from another; None for a folder without a model.
_State = tuple[tuple[int, int, int] | None, ...]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Loaded:
    """Models that answer together. absent: those that cannot be loaded, and why."""

    classifiers: tuple[Classifier, ...]
    absent: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


class LiveModels:
    """Poor and well as they are on disk. `current` is replaced as a whole, by the thread that looks.

    Raises ModelError where `well` cannot be loaded.
    """

    def __init__(self) -> None:
        self._states: dict[str, _State] = {}
        self._tried: dict[str, _State] = {}
        self._classifiers: dict[str, Classifier] = {}
        self._absent: dict[str, str] = {}
        for name in model_files.NAMES:
            self._states[name] = self._tried[name] = _state(name)
            try:
                self._classifiers[name] = _load(name)
            except ModelError as error:
                if name == NEEDED:
                    raise
                self._absent[name] = str(error)
                log.warning("model is absent", extra={"fields": {"model": name, "reason": str(error)}})
        self.current = self._together()

    def watch(self, ended: threading.Event) -> None:
        """Look again and again until `ended`."""
        while not ended.wait(LOOK_SECONDS):
            self.look()

    def look(self) -> None:
        """Load what has changed and stayed so since the last look: a training writes its files one after the other."""
        for name in model_files.NAMES:
            before, self._states[name] = self._states[name], _state(name)
            if self._states[name] == before != self._tried[name]:
                self._take_up(name, before)

    def _take_up(self, name: str, state: _State) -> None:
        self._tried[name] = state
        try:
            with _as_model_error():
                found = model_files.find(name)
            present = self._classifiers.get(name)
            if present is not None and present.model == found:
                return
            self._classifiers[name] = _load(name)
        except ModelError as error:
            kept = self._classifiers.get(name)
            told = {"model": name, "reason": str(error), "kept": kept.model.hash if kept else None}
            log.warning("changed model cannot be loaded", extra={"fields": told})
            if kept is None:
                self._absent[name] = str(error)
                self.current = self._together()
            return
        self._absent.pop(name, None)
        self.current = self._together()
        log.info(
            "changed model is taken up", extra={"fields": {"model": name, "hash": self._classifiers[name].model.hash}}
        )

    def _together(self) -> Loaded:
        ordered = (self._classifiers[name] for name in model_files.NAMES if name in self._classifiers)
        return Loaded(tuple(ordered), MappingProxyType(dict(self._absent)))


def _load(name: str) -> Classifier:
    with _as_model_error():
        classifier = Classifier.named(name)
        # By one picture it is compiled for one, by two for any number: no batch waits for that.
        for count in (1, 2):
            classifier.warm_up(count)
    return classifier


@contextmanager
def _as_model_error() -> Iterator[None]:
    """Turn all that goes wrong with a model into ModelError.

    Its network may be of no known name, its folder one that may not be looked into, and its size too large to compute.
    """
    try:
        yield
    except ModelError:
        raise
    except (CatdogError, OSError, ValueError, tf.errors.OpError) as error:
        raise ModelError(str(error)) from error


def _state(name: str) -> _State:
    found: list[tuple[int, int, int] | None] = []
    for folder in model_files.places(name):
        for file in (model_files.DESCRIPTION, model_files.WEIGHTS):
            try:
                about = (folder / file).stat()
                found.append((about.st_ino, about.st_mtime_ns, about.st_size))
            except OSError:
                found.append(None)
    return tuple(found)
