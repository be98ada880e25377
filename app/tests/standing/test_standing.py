"""How far the attendee has come: each part by itself, and what the verification does is no part of it."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catdog import diary
from catdog.cli import main
from catdog.errors import KafkaError
from catdog.kafka.reader import Record
from catdog.standing import jupyter, standing

SHIPPED = Path(__file__).resolve().parents[2] / "models"
SENT_AT = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)


def record(**headers):
    named = {key.replace("_", "-"): text for key, text in headers.items()}
    return Record("rhte", 0, 0, round(SENT_AT.timestamp() * 1000), named, b"secret bytes")


class Reader:
    """Stands for the reader of a topic that holds `held`, and older ones or none; fails after them with `fails`."""

    held: tuple = ()
    older, fails = False, None

    def __init__(self, settings):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def from_newest(self, count):
        return self.older

    def records(self, timeout, until_end):
        yield from self.held
        if self.fails:
            raise self.fails


@pytest.fixture(autouse=True)
def notebook(noted, tmp_path, monkeypatch):
    """A notebook that nobody has touched."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "broker:9093")
    monkeypatch.setenv("KAFKA_TOPIC", "rhte")
    for name in ("CATDOG_MODELS", "KAFKA_SECURITY_PROTOCOL", "KAFKA_SSL_CAFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(standing, "PictureReader", Reader)
    monkeypatch.setattr(jupyter, "last_activity", lambda: None)
    return tmp_path


def own_model(home, **changes):
    folder = home / "models" / "poor"
    shutil.copytree(SHIPPED / "poor", folder)
    metrics = json.loads((folder / "metrics.json").read_text()) | changes
    (folder / "metrics.json").write_text(json.dumps(metrics))
    return folder


def test_an_untouched_notebook_has_nothing(capsys):
    assert main(["progress", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "opened": False, "model": None, "sent": 0, "more": False, "classified": 0, "compared": 0, "last_activity": None,
        "unseen": [],
    }  # fmt: skip


def test_what_the_verification_sends_does_not_count(monkeypatch):
    verifications = [record(sent_by="verification", correlation_id="ab-0001")] * 2
    monkeypatch.setattr(Reader, "held", (*verifications, record(), record(correlation_id="mine"), *verifications))
    found = standing.look()
    assert (found.sent, found.more, found.last_activity) == (2, False, "2026-11-29T09:00:00Z")


def test_pictures_beyond_those_looked_at_are_told(monkeypatch):
    monkeypatch.setattr(Reader, "held", (record(),))
    monkeypatch.setattr(Reader, "older", True)
    found = standing.look()
    assert (found.sent, found.more, found.unseen) == (1, True, [])


@pytest.mark.parametrize("name", ["validation", "bundled validation"])
def test_own_model_has_the_accuracy_of_its_validation(notebook, name):
    others = {"accuracy": 0.474, "count": 500}
    own_model(notebook, sets={"drawn, unseen": others, name: {"accuracy": 0.55, "count": 20}})
    assert standing.look().model == {"name": "poor", "accuracy": 0.55, "pictures": 20}


@pytest.mark.parametrize("changes", [{"model_hash": "of the one before"}, {"sets": {}}, {"sets": None}])
def test_own_model_that_is_not_measured_is_a_model(notebook, changes):
    own_model(notebook, **changes)
    assert standing.look().model == {"name": "poor", "accuracy": None, "pictures": None}


def test_what_was_classified_and_compared_comes_from_the_diary():
    diary.note(diary.CLASSIFIED, 3)
    diary.note(diary.COMPARED, 8)
    found = standing.look()
    assert (found.classified, found.compared) == (3, 8)
    assert found.last_activity == diary.read()[diary.COMPARED].last.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_what_cannot_be_seen_leaves_the_rest(monkeypatch, notebook):
    def silent():
        raise jupyter.JupyterError("Jupyter does not answer")

    own_model(notebook)
    monkeypatch.setattr(jupyter, "last_activity", silent)
    monkeypatch.setattr(Reader, "held", (record(),))
    monkeypatch.setattr(Reader, "fails", KafkaError("its records did not come within 8 s"))
    found = standing.look()
    assert (found.opened, found.sent, found.more, found.model["accuracy"]) == (None, 1, True, 0.55)
    assert found.unseen == ["Jupyter does not answer", "its records did not come within 8 s"]


def test_no_broker_is_not_no_picture(monkeypatch):
    def no_broker(_):
        raise KafkaError("no broker answers")

    monkeypatch.setattr(standing, "PictureReader", no_broker)
    found = standing.look()
    assert (found.sent, found.unseen) == (None, ["no broker answers"])


def test_tells_it_in_words_and_nothing_of_a_picture(monkeypatch, notebook, capsys):
    own_model(notebook)
    monkeypatch.setattr(jupyter, "last_activity", lambda: datetime(2026, 11, 29, 8, 0, tzinfo=UTC))
    monkeypatch.setattr(Reader, "held", (record(file_name="my-cat.jpg"),))
    assert main(["progress"]) == 0
    told = capsys.readouterr().out
    assert "notebook opened: yes\nown model: poor, right on 55%\npictures sent: 1\nclassified: 0\n" in told
    main(["progress", "--json"])
    told += capsys.readouterr().out
    assert "my-cat" not in told and "secret bytes" not in told
