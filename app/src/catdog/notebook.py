"""`%load_ext catdog.notebook`: errors of catdog as one line below the cell, and TensorFlow without its start's log."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from catdog.errors import CatdogError
from catdog.quiet import start_tensorflow

if TYPE_CHECKING:
    from types import TracebackType

    from IPython.core.interactiveshell import InteractiveShell


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Called by IPython."""
    start_tensorflow()
    shell.set_custom_exc((CatdogError,), _tell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Called by IPython: tracebacks again."""
    shell.set_custom_exc((), None)


def _tell(
    shell: InteractiveShell, kind: type[CatdogError], error: CatdogError, trace: TracebackType, tb_offset: int = 0
) -> None:
    print(f"{kind.__name__}: {error}", file=sys.stderr)
