"""Records of the topic and what models say of them; one that is no picture is told as such."""

import hashlib
import io

from PIL import Image

from catdog.answers import answer
from catdog.kafka.reader import Record
from catdog.models.answer import Answer


def picture_bytes() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(buffer, "PNG")
    return buffer.getvalue()


def record(value: bytes, **headers: str) -> Record:
    return Record("rhte", 0, 7, 1, {key.replace("_", "-"): text for key, text in headers.items()}, value)


class FakeClassifier:
    def classify(self, pixels):
        assert pixels.shape == (20, 20, 3)
        return Answer("cat", 0.9, 0.01, "well", "abc")


def test_answers_of_a_picture():
    good = picture_bytes()
    digest = hashlib.sha256(good).hexdigest()
    found = answer(record(good, correlation_id="a", file_name="tom.png", sha256=digest), [FakeClassifier()])

    told = found.as_dict()
    (said,) = told.pop("answers")
    assert told == {
        "topic": "rhte", "partition": 0, "offset": 7, "correlation_id": "a", "file_name": "tom.png", "sha256": digest,
        "size": len(good),
    }  # fmt: skip
    assert said.pop("seconds") >= 0.01
    assert said == {"model": "well", "model_hash": "abc", "label": "cat", "confidence": 0.9}
    assert found.name == "tom.png"


def test_a_record_that_is_no_picture_has_a_reason():
    damaged = record(picture_bytes(), sha256="0" * 64, correlation_id="b")
    for found, part in (
        (record(b"meow"), "it is text"),
        (record(b""), "empty"),
        (damaged, "differ from what was sent"),
    ):
        told = answer(found, [FakeClassifier()]).as_dict()
        assert part in told["error"]["reason"]
        assert "answers" not in told
    assert answer(damaged, []).name == "b"
