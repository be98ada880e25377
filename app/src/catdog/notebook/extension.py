"""`%load_ext catdog.notebook`: errors as one line below the cell, and TensorFlow without its start's log.

Told in words are the errors of catdog, memory that ran out in this kernel, and that a kernel before it was killed.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tensorflow.errors import ResourceExhaustedError

from catdog.errors import CatdogError
from catdog.notebook import oom

if TYPE_CHECKING:
    from types import TracebackType

    from IPython.core.interactiveshell import InteractiveShell


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Called by IPython."""
    shell.set_custom_exc((CatdogError, MemoryError, ResourceExhaustedError), _tell)
    if killed := oom.oom_kills():
        print(killed, file=sys.stderr)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Called by IPython: tracebacks again."""
    shell.set_custom_exc((), None)


def describe(error: BaseException) -> str:
    """The line that an attendee sees."""
    if isinstance(error, CatdogError):
        return f"{type(error).__name__}: {error}"
    return f"There is not enough memory: {oom.ADVICE}."


def _tell(
    shell: InteractiveShell, kind: type[BaseException], error: BaseException, trace: TracebackType, tb_offset: int = 0
) -> None:
    print(describe(error), file=sys.stderr)
