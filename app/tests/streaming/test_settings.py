"""What the service is told: topics of pictures, each with one for its predictions, and the group."""

import pytest

from catdog.errors import InputError
from catdog.kafka.settings import KafkaSettings
from catdog.streaming.settings import StreamSettings

KAFKA = KafkaSettings(("127.0.0.1:9093",), "rhte")
SEVERAL = KafkaSettings(("127.0.0.1:9093",), "rhte-anna, rhte-bert,rhte-carl")


def test_names_come_from_the_command_line_the_environment_or_the_topic():
    found = StreamSettings.of(KAFKA, environment={})
    assert (found.predictions, found.group) == ({"rhte": "rhte-predictions"}, "rhte.stream")
    environment = {"KAFKA_PREDICTIONS_TOPIC": "anna.rhte.predictions", "KAFKA_GROUP": "anna.rhte.g"}
    found = StreamSettings.of(KAFKA, environment=environment)
    assert (found.predictions, found.group) == ({"rhte": "anna.rhte.predictions"}, "anna.rhte.g")
    found = StreamSettings.of(KAFKA, ["p"], "g", environment=environment)
    assert (found.predictions, found.group) == ({"rhte": "p"}, "g")


def test_several_topics_have_one_each_for_their_predictions():
    found = StreamSettings.of(SEVERAL, group="class", environment={})
    assert found.predictions == {f"rhte-{name}": f"rhte-{name}-predictions" for name in ("anna", "bert", "carl")}
    environment = {"KAFKA_PREDICTIONS_TOPIC": "a.p, b.p, c.p", "KAFKA_GROUP": "class"}
    found = StreamSettings.of(SEVERAL, environment=environment)
    assert found.predictions == {"rhte-anna": "a.p", "rhte-bert": "b.p", "rhte-carl": "c.p"}
    assert (found.group, str(found.kafka)) == ("class", "topic rhte-anna and 2 more at 127.0.0.1:9093 (PLAINTEXT)")
    assert found.pictures_at("rhte-bert").topic == "rhte-bert"
    assert found.predictions_at("rhte-bert").topic == "b.p"


@pytest.mark.parametrize("predictions", [["rhte"], ["p", "rhte-anna"]])
def test_predictions_never_go_among_the_pictures(predictions):
    kafka = KAFKA if len(predictions) == 1 else KafkaSettings(KAFKA.bootstrap_servers, "rhte-anna,rhte-bert")
    with pytest.raises(InputError, match=r"both to be in topic rhte(-anna)?: set KAFKA_PREDICTIONS_TOPIC"):
        StreamSettings.of(kafka, predictions, "g")


@pytest.mark.parametrize(
    ("topics", "predictions", "group", "said"),
    [
        ("a,b,a", (), "g", "KAFKA_TOPIC names a more than once"),
        (
            "a,b",
            ("p",),
            "g",
            r"KAFKA_TOPIC names 2 topic\(s\) of pictures and KAFKA_PREDICTIONS_TOPIC 1 of predictions",
        ),
        ("a,b", (), None, "2 topics of pictures are to be read in one consumer group: set KAFKA_GROUP"),
        (",", (), "g", "KAFKA_TOPIC is ',', which names no topic"),
    ],
)
def test_what_cannot_be_served_is_told(topics, predictions, group, said):
    with pytest.raises(InputError, match=said):
        StreamSettings.of(KafkaSettings(KAFKA.bootstrap_servers, topics), predictions, group, environment={})
