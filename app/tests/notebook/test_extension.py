"""What `%load_ext catdog.notebook` tells in words instead of a traceback."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from tensorflow.errors import ResourceExhaustedError

from catdog import notebook
from catdog.errors import KafkaError
from catdog.notebook import extension, oom


@pytest.fixture
def handled(monkeypatch):
    """What the shell has been told to handle, once the extension is loaded: (kinds, handler)."""
    told = []
    shell = SimpleNamespace(set_custom_exc=lambda kinds, handler: told.append((kinds, handler)))
    monkeypatch.setattr(oom, "oom_kills", lambda: "")
    extension.load_ipython_extension(shell)
    return told[0]


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (KafkaError("topic rhte does not exist"), "KafkaError: topic rhte does not exist"),
        (MemoryError(), "There is not enough memory: close other notebooks"),
        (
            ResourceExhaustedError(None, None, "OOM when allocating"),
            "There is not enough memory: close other notebooks",
        ),
    ],
)
def test_an_error_is_one_line(handled, capsys, error, line):
    kinds, handler = handled

    assert isinstance(error, kinds)
    handler(None, type(error), error, None)
    told = capsys.readouterr().err.splitlines()
    assert told[-1].startswith(line)


def test_an_error_of_the_attendees_own_code_keeps_its_traceback(handled):
    assert not isinstance(NameError(), handled[0])


def test_tells_that_a_kernel_before_was_killed(monkeypatch, capsys):
    monkeypatch.setattr(oom, "oom_kills", lambda: "A kernel was killed.")
    extension.load_ipython_extension(SimpleNamespace(set_custom_exc=lambda *_: None))

    assert capsys.readouterr().err == "A kernel was killed.\n"


def test_the_readme_lists_the_public_names():
    readme = (Path(__file__).parents[2] / "README.md").read_text().split("## In a notebook\n")[1].split("\n## ")[0]
    rows = [row.split("|")[1] for row in readme.splitlines() if row.startswith("| `")]
    listed = {name for row in rows for name in re.findall(r"`(\w+)", row)}
    assert listed == set(notebook.__all__) - {"load_ipython_extension", "unload_ipython_extension"}
