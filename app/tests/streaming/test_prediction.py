"""The prediction record, and the names that go with it."""

import pytest

from catdog.errors import DataError
from catdog.kafka.settings import KafkaSettings
from catdog.models.answer import Answer
from catdog.streaming.prediction import LONGEST_TEXT, Prediction, expected_label, parse

KAFKA = KafkaSettings(("127.0.0.1:9093",), "rhte")


def test_is_read_back_as_it_was_written(record):
    answers = (Answer("cat", 0.9, 0.01, "poor", "p1"), Answer("dog", 0.8, 0.02, "well", "w1"))
    for one in (
        Prediction.of(record(4, correlation_id="a", file_name="cat.1.jpg", label="dog"), answers),
        Prediction.of(record(4), answers[1:], {"poor": "not trained yet"}),
        Prediction.of(record(4, b"text"), reason="no picture"),
    ):
        assert parse(one.value()) == one


@pytest.mark.parametrize("value", [b"", b"\xff\xd8\xff", b"[]", b"{}", b'{"topic": "rhte"}', b'{"answers": [1]}'])
def test_what_is_no_prediction_is_told(value):
    with pytest.raises(DataError, match="no prediction of `catdog stream`"):
        parse(value)


def test_is_known_by_where_its_picture_is(record):
    assert Prediction.of(record(4, partition=2)).key() == b"rhte/2/4"


def test_long_texts_of_senders_are_cut(record):
    made = Prediction.of(record(0, correlation_id="x" * 600, file_name="ü" * 600))
    assert len(made.correlation_id) == len(made.file_name) == LONGEST_TEXT
    assert made.correlation_id.endswith("…")


@pytest.mark.parametrize(
    ("headers", "label"),
    [
        ({"label": "dog"}, "dog"),
        ({"label": " Cat "}, "cat"),
        ({"label": "bird", "file-name": "cat.1.jpg"}, "cat"),
        ({"file-name": "dog.12499.jpg"}, "dog"),
        ({"file-name": "Cat-7.png"}, "cat"),
        ({"file-name": "dog7.png"}, "dog"),
        ({"file-name": "catalogue.png"}, None),
        ({"file-name": "my cat.png"}, None),
        ({}, None),
    ],
)
def test_the_label_is_known_by_header_or_file_name(record, headers, label):
    assert expected_label(record(0, **{name.replace("-", "_"): text for name, text in headers.items()})) == label
