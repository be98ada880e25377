"""Predictions for people: what is counted, what the page is given, and what a line says."""

import io
import json
import urllib.error
import urllib.parse
import urllib.request
from types import SimpleNamespace

import pytest
from PIL import Image

from catdog.cli import main
from catdog.kafka.settings import KafkaSettings
from catdog.models.answer import Answer
from catdog.streaming.prediction import Prediction
from catdog.watching import feed, scores
from catdog.watching.feed import PictureLookup, PredictionFeed
from catdog.watching.server import served
from catdog.watching.wall import Wall

SETTINGS = KafkaSettings(("127.0.0.1:9093",), "rhte")


def prediction(offset, poor="cat", well="dog", expected=None, **more):
    answers = (Answer(poor, 0.6, 0.01, "poor", "p"), Answer(well, 0.9, 0.01, "well", "w"))
    about = {"correlation_id": f"id-{offset}", "file_name": f"{offset}.jpg", "answers": answers} | more
    return Prediction("rhte", 0, offset, 1_000, 100, expected=expected, **about)


def test_counts_only_what_is_known_and_nothing_twice(monkeypatch):
    wall = Wall(2)
    assert wall.add(prediction(0, expected="dog"), None)
    assert wall.add(prediction(1, expected="cat"), None)
    assert wall.add(prediction(2), None)
    assert not wall.add(prediction(0, expected="dog"), None)
    assert wall.add(prediction(3, poor="dog", expected="dog"), None)
    assert wall.scores() == "poor model: 2 of 3 right (67%); well model: 2 of 3 right (67%)"
    found = wall.as_dict()
    assert found["count"] == 4
    assert [one["identity"] for one in found["shown"]] == ["rhte/0/3", "rhte/0/2"], "the newest first, two at most"


def test_remembers_a_bounded_number(monkeypatch):
    monkeypatch.setattr(scores, "REMEMBERED", 3)
    seen = scores.Scores()
    assert all(seen.add(prediction(offset)) for offset in range(5))
    assert not seen.add(prediction(4))
    assert seen.add(prediction(0))


@pytest.fixture
def wall():
    return Wall(10)


@pytest.fixture
def get(wall):
    with served("127.0.0.1", 0, wall) as port:

        def ask(path):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                    return answer.status, answer.headers, answer.read()
            except urllib.error.HTTPError as error:
                return error.code, error.headers, error.read()

        yield ask


def test_the_page_runs_its_own_script_alone_and_loads_nothing_from_elsewhere(get):
    code, headers, body = get("/")
    assert code == 200
    policy = headers["Content-Security-Policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert f'<script nonce="{nonce}">'.encode() in body
    assert b"http://" not in body
    assert b"https://" not in body
    assert get("/")[1]["Content-Security-Policy"] != policy


def test_the_page_is_given_names_as_data_and_pictures_by_where_they_are(get, wall):
    name = "<img src=x onerror=alert(1)>"
    wall.add(prediction(5, expected="cat", file_name=name), b"\xff\xd8jpeg")
    wall.add(prediction(6, answers=(), reason="no picture"), None)
    _, headers, body = get("/state")
    assert headers["Content-Type"] == "application/json"
    error, shown = json.loads(body)["shown"]
    assert (shown["name"], shown["picture"], shown["expected"]) == (name, True, "cat")
    assert (error["reason"], error["picture"], error["answers"]) == ("no picture", False, [])
    code, headers, body = get("/picture?" + urllib.parse.quote(shown["identity"], safe=""))
    assert (code, headers["Content-Type"], body) == (200, "image/jpeg", b"\xff\xd8jpeg")
    assert get("/picture?rhte%2F0%2F6")[0] == 404
    assert get("/etc/passwd")[0] == 404


class FakeConsumer:
    """Partition 0 of `rhte` with records 5 and 6."""

    def __init__(self, value):
        self.value = value

    def assign(self, places):
        (self.place,) = places

    def seek(self, place, offset):
        self.offset = max(5, offset)

    def poll(self, timeout_ms, max_records):
        if self.offset > 6:
            return {}
        return {
            self.place: [
                SimpleNamespace(
                    topic="rhte", partition=0, offset=self.offset, timestamp=1, headers=[], value=self.value
                )
            ]
        }


def png():
    buffer = io.BytesIO()
    Image.new("RGB", (400, 100), "red").save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("offset", "value", "there"), [(6, png(), True), (3, png(), False), (9, png(), False), (6, b"text", False)]
)
def test_a_picture_is_found_by_partition_and_offset_or_is_gone(monkeypatch, offset, value, there):
    monkeypatch.setattr(feed, "connect", lambda settings: FakeConsumer(value))
    monkeypatch.setattr(feed, "PICTURE_SECONDS", 0.05)
    jpeg = PictureLookup(SETTINGS).small(prediction(offset), 100)
    assert (jpeg is not None) is there
    if there:
        assert Image.open(io.BytesIO(jpeg)).size == (100, 25)


@pytest.fixture
def topic(monkeypatch):
    """Values of the topic of predictions, to be read by the command; where reading began."""
    read = SimpleNamespace(values=[], newest=[], topics=[])

    class Reader:
        def __init__(self, settings):
            read.topics.append(settings.topic)

        def from_newest(self, count):
            read.newest.append(count)

        def records(self, seconds):
            return iter([SimpleNamespace(value=value) for value in read.values])

        def close(self):
            pass

    monkeypatch.setattr(feed, "PictureReader", Reader)
    for name, text in (("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9093"), ("KAFKA_TOPIC", "rhte")):
        monkeypatch.setenv(name, text)
    return read


def test_passes_over_what_is_no_prediction(topic):
    topic.values = [b"x", prediction(1).value(), b"{}"]
    with PredictionFeed(SETTINGS, "rhte-predictions") as opened:
        assert [one.offset for one in opened.predictions(3, 1)] == [1]
    assert topic.newest == [3]
    assert topic.topics == ["rhte-predictions"]


def test_a_line_says_what_each_model_says_and_how_often_it_was_right(topic, capsys):
    topic.values = [
        prediction(1, expected="dog").value(),
        prediction(2, answers=(), reason="no picture").value(),
        prediction(3, absent={"poor": "not trained"}, answers=(Answer("cat", 0.8, 0.1, "well", "w"),)).value(),
        prediction(4, correlation_id="mine").value(),
    ]
    assert main(["watch", "--correlation-id", "id-1", "id-2", "id-3", "mine"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "rhte/0/1: 1.jpg: poor model: cat (60%); well model: dog (90%) "
        "[poor model: 0 of 1 right (0%); well model: 1 of 1 right (100%)]",
        "rhte/0/2: 2.jpg: not classified: no picture",
        "rhte/0/3: 3.jpg: well model: cat (80%); no poor model",
        "rhte/0/4: 4.jpg: poor model: cat (60%); well model: dog (90%)",
    ]


def test_the_one_that_is_asked_for_is_looked_for_from_the_oldest_on(topic, capsys):
    topic.values = [prediction(1).value(), prediction(2).value(), prediction(3).value()]
    assert main(["watch", "--correlation-id", "id-2", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["offset"] == 2
    assert topic.newest == []


def test_one_that_does_not_come_is_named(topic, capsys):
    topic.values = [prediction(1).value()]
    assert main(["watch", "--correlation-id", "id-1", "other", "--timeout", "1"]) == 2
    assert "no prediction came into rhte-predictions within 1 s for correlation id other" in capsys.readouterr().err
