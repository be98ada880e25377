"""The state of an unfinished training in one file, replaced whole after every epoch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from catdog.errors import InputError


class Checkpoint:
    """`about` says what is trained (plain values); only a training of the very same goes on from the file."""

    def __init__(self, path: Path, about: dict):
        self._path = path
        self._about = json.loads(json.dumps(about))

    def save(self, variables: Sequence, history: list[dict], resumed_at: list[int]) -> None:
        """Atomic: a kill at any moment leaves the old or the new state."""
        state = json.dumps({"about": self._about, "history": history, "resumed_at": resumed_at})
        partial = self._path.with_suffix(".partial")
        with partial.open("wb") as file:
            arrays = {f"v{number}": np.asarray(variable) for number, variable in enumerate(variables)}
            np.savez(file, state=np.frombuffer(state.encode(), np.uint8), **arrays)
        partial.replace(self._path)

    def restore(self, variables: Sequence) -> tuple[list[dict], list[int]]:
        """Put the saved values into the variables: (history, epochs after which it was resumed), empty for a new one.

        Raises InputError when the file is of another training.
        """
        if not self._path.exists():
            return [], []
        with np.load(self._path) as saved:
            state = json.loads(saved["state"].tobytes())
            if state["about"] != self._about:
                changed = [key for key in self._about if state["about"].get(key) != self._about[key]]
                raise InputError(
                    f"{self._path} is of a training with another {', '.join(changed)}: "
                    f"remove {self._path.parent} to start anew, or give another --out"
                )
            for number, variable in enumerate(variables):
                variable.assign(saved[f"v{number}"])
        history = state["history"]
        return history, [*state["resumed_at"], len(history)]
