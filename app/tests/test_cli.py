"""The command line: pictures are written, errors are one line and an exit code."""

import json

import pytest
from PIL import Image

from catdog import cli
from catdog.commands import receive
from catdog.errors import CatdogError, KafkaError, NotAuthorizedError


def test_draws_one_of_each(tmp_path, capsys):
    assert cli.main(["draw", "--out", str(tmp_path), "--count", "2", "--seed", "5", "--json"]) == 0

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["label"], line["seed"]) for line in told] == [("cat", 5), ("dog", 6)]
    written = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.png"))
    assert written == ["cat/cat-5.png", "dog/dog-6.png"]
    assert Image.open(told[0]["path"]).size == (200, 200)


def test_draws_one_animal_only(tmp_path):
    assert cli.main(["draw", "--out", str(tmp_path), "--count", "2", "--label", "dog", "--size", "32"]) == 0

    assert {path.name for path in tmp_path.iterdir()} == {"dog"}


def test_lays_out_a_fifth_to_validate(tmp_path):
    assert cli.main(["draw", "--out", str(tmp_path), "--count", "10", "--layout", "--size", "32"]) == 0

    assert len(list(tmp_path.glob("data/training/*/*.png"))) == 8
    assert len(list(tmp_path.glob("data/validation/*/*.png"))) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["draw", "--out", "x", "--count", "0"], "argument --count: 0 is out of bounds: give 1 to 100000"),
        (["draw", "--out", "x", "--count", "many"], "'many' is no whole number"),
        (["draw", "--out", "x", "--size", "9999"], "9999 is out of bounds: give 16 to 2000"),
        (["receive", "--timeout", "0"], "0 is out of bounds: give 0.1 to 3600 seconds"),
        (["receive", "--from-offset", "7"], "'7': give PARTITION:OFFSET"),
    ],
)
def test_names_the_bound_of_a_wrong_argument(arguments, message, capsys):
    with pytest.raises(SystemExit) as exit_code:
        cli.main(arguments)

    assert exit_code.value.code == 2
    assert message in capsys.readouterr().err


def test_tells_errors_in_one_line(tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")

    assert cli.main(["draw", "--out", str(tmp_path / "file"), "--count", "1"]) == 2
    assert cli.main(["draw", "--out", str(tmp_path), "--bundled", "--label", "cat"]) == 2

    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert "file" in told[0]
    assert told[1] == "catdog: --bundled draws cats and dogs: leave --label out"


def test_lists_every_command(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--help"])

    assert "draw" in capsys.readouterr().out
    assert issubclass(CatdogError, Exception)


@pytest.mark.parametrize(("error", "code"), [(NotAuthorizedError, 1), (KafkaError, 2)])
def test_a_topic_that_may_not_be_read_has_an_exit_code_of_its_own(monkeypatch, capsys, error, code):
    def refuse(_):
        raise error("not for you")

    monkeypatch.setattr(receive, "run", refuse)
    assert cli.main(["receive"]) == code
    assert capsys.readouterr().err == "catdog: not for you\n"
