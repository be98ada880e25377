"""To a topic and back, over a topic in memory: nothing is told acknowledged that was not, and nothing bad is loaded."""

from collections import deque

import pytest

from catdog import cli
from catdog.errors import KafkaError
from catdog.kafka.reader import Record
from catdog.kafka.sender import Acknowledged
from catdog.limits import MAX_MESSAGE_BYTES
from catdog.transfer import from_topic, to_topic


class Topic:
    """Records of one partition. acknowledges: how many more, then the broker is gone."""

    def __init__(self):
        self.id, self.records, self.first, self.acknowledges = "id-1", [], 0, 10**6

    def add(self, value, **headers):
        named = {name.replace("_", "-"): text for name, text in headers.items() if text is not None}
        self.records.append(Record("photos", 0, len(self.records), 1, named, value))


class Sender:
    """In place of RecordSender."""

    topic: Topic

    def __init__(self, _):
        self.topic_id, self.first_offsets = self.topic.id, {0: self.topic.first}
        self.waiting, self.done = deque(), []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def send(self, tag, key, value, headers):
        self.waiting.append((tag, key, value, headers))

    def wait(self, _):
        while self.waiting:
            if not self.topic.acknowledges:
                raise KafkaError("no broker answers")
            self.topic.acknowledges -= 1
            tag, _, value, headers = self.waiting.popleft()
            self.topic.add(value, **headers)
            self.done.append(Acknowledged(tag, 0, len(self.topic.records) - 1))
        return True

    def acknowledged(self):
        told, self.done = self.done, []
        return told


class Reader:
    """In place of WholeTopic: batches of two; `dies_at` is an offset."""

    topic: Topic
    dies_at = None

    def __init__(self, settings, group=None):
        self.topic_id, self.at, self.total = self.topic.id, 0, len(self.topic.records)
        Reader.group = group

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def seek(self, offsets):
        self.at = Reader.begun = offsets.get(0, 0)

    def offsets(self):
        return {0: self.at}

    def batches(self):
        while self.at < self.total:
            if self.dies_at is not None and self.at >= self.dies_at:
                raise KafkaError("no broker answers")
            batch = self.topic.records[self.at : self.at + 2]
            self.at += len(batch)
            yield batch


@pytest.fixture
def topic(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "broker:9093")
    for name in ("KAFKA_TOPIC", "KAFKA_SECURITY_PROTOCOL", "KAFKA_SSL_CAFILE", "KAFKA_SSL_CERTFILE"):
        monkeypatch.delenv(name, raising=False)
    Sender.topic = Reader.topic = Topic()
    Reader.dies_at = None
    monkeypatch.setattr(to_topic, "RecordSender", Sender)
    monkeypatch.setattr(from_topic, "WholeTopic", Reader)
    return Sender.topic


@pytest.fixture
def catdog(capsys):
    def run(*arguments):
        code = cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out.splitlines(), err.splitlines()

    return run


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.jpg")}


def test_pictures_that_are_added_and_sent_again_are_never_in_both_sets(topic, tmp_path, catdog):
    for numbers in (range(10), range(10, 30), range(30, 60)):
        for path in (tmp_path / f"flat/{label}/{number}.jpg" for label in ("cat", "dog") for number in numbers):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(path.relative_to(tmp_path).as_posix().encode())
        catdog("send-training", tmp_path / "flat", "--topic", "photos")
        assert catdog("load", "--from-kafka", "photos", "--out", tmp_path / "out")[0] == 0
    found = files(tmp_path / "out").values()
    assert (len(topic.records) > 120, len(found), len(set(found))) == (True, 120, 120), "some have changed sides"


WHERE = "topic photos at broker:9093 (PLAINTEXT)"


def test_what_was_sent_is_loaded(topic, data, tmp_path, catdog):
    assert catdog("send-training", data, "--topic", "photos")[:2] == (
        0, [f"12 of 12 pictures are acknowledged: {WHERE}"],
    )  # fmt: skip
    headers = topic.records[0].headers
    assert {name: headers[name] for name in ("label", "split", "file-name", "content-type")} == {
        "label": "cat", "split": "training", "file-name": "0.jpg", "content-type": "image/jpeg",
    }  # fmt: skip
    assert headers["sha256"] == topic.records[0].sha256
    assert len({record.correlation_id for record in topic.records}) == 12
    code, out, _ = catdog("load", "--from-kafka", "photos", "--out", tmp_path / "out")
    assert (code, out[0], out[-1]) == (0, "training: 3 cats, 3 dogs", f"12 pictures are in {tmp_path}/out")
    assert files(tmp_path / "out") == files(data)


def test_after_an_interruption_only_what_was_not_acknowledged_is_sent(topic, data, catdog):
    topic.acknowledges = 5
    code, out, err = catdog("send-training", data, "--topic", "photos")
    assert (code, out) == (2, [f"5 of 12 pictures are acknowledged: {WHERE}"])
    assert err == ["catdog: no broker answers"]
    topic.acknowledges = 100
    assert catdog("send-training", data, "--topic", "photos")[1] == [
        f"12 of 12 pictures are acknowledged, 5 of them before: {WHERE}"
    ]
    assert len(topic.records) == len({record.sha256 for record in topic.records}) == 12


def test_what_has_changed_is_sent_again_and_so_is_what_retention_has_taken(topic, data, catdog):
    catdog("send-training", data, "--topic", "photos")
    (data / "training/cat/0.jpg").write_bytes(b"changed")
    topic.first = 3  # the records of 0.jpg, 1.jpg and 2.jpg of the cats are gone
    catdog("send-training", data, "--topic", "photos")
    assert [record.file_name for record in topic.records[12:]] == ["0.jpg", "1.jpg", "2.jpg"]


def test_a_topic_that_was_made_anew_gets_all(topic, data, catdog):
    catdog("send-training", data, "--topic", "photos")
    topic.id = "id-2"
    assert catdog("send-training", data, "--topic", "photos")[1] == [f"12 of 12 pictures are acknowledged: {WHERE}"]


def test_a_picture_that_does_not_fit_is_named_and_none_is_sent(topic, data, catdog):
    (data / "training/dog/huge.jpg").write_bytes(bytes(MAX_MESSAGE_BYTES))
    code, out, err = catdog("send-training", data, "--topic", "photos")
    assert (code, out, topic.records) == (2, [], [])
    assert "training/dog/huge.jpg has 10485760 bytes" in err[0] and "10 MiB" in err[0] and "nothing was sent" in err[0]


def test_bad_records_are_told_and_not_loaded_and_copies_do_no_harm(topic, data, tmp_path, catdog):
    catdog("send-training", data, "--topic", "photos")
    topic.records += [
        Record("photos", 0, 12 + number, 1, one.headers, one.value) for number, one in enumerate(topic.records[:3])
    ]
    good = {"split": "training", "label": "cat", "file_name": "x.jpg"}
    topic.add(b"x", **good | {"label": None}, sha256="0" * 64)
    topic.add(b"x", **good, sha256="0" * 64)
    topic.add(b"x", **good)
    topic.add(b"", **good, sha256="0" * 64)
    code, out, _ = catdog("load", "--from-kafka", "photos", "--out", tmp_path / "out")
    assert (code, out[-1]) == (0, f"12 pictures are in {tmp_path}/out")
    told = (tmp_path / "out/left_out.txt").read_text().splitlines()
    assert told[0] == "photos partition 0 offset 15: has no label: cat or dog is expected"
    assert told[1].startswith("photos partition 0 offset 16: its bytes have the SHA-256 2d71")
    assert told[2:] == ["photos partition 0 offset 17: has no sha256 to check its bytes by",
                        "photos partition 0 offset 18: is empty"]  # fmt: skip
    assert files(tmp_path / "out") == files(data)


def test_an_interrupted_load_goes_on_from_the_offset_it_had_got_to(topic, data, tmp_path, catdog):
    catdog("send-training", data, "--topic", "photos")
    Reader.dies_at = 6
    assert catdog("load", "--from-kafka", "photos", "--out", tmp_path / "out")[0] == 2
    assert not (tmp_path / "out/training").exists()
    Reader.dies_at = None
    assert catdog("load", "--from-kafka", "photos", "--out", tmp_path / "out")[0] == 0
    assert Reader.begun == 6
    assert files(tmp_path / "out") == files(data)


def test_a_reader_of_a_group_may_find_nothing_left_to_do(topic, tmp_path, catdog):
    code, out, _ = catdog("load", "--from-kafka", "photos", "--group", "photos.load", "--out", tmp_path / "out")
    assert (code, out[-1], Reader.group) == (0, f"0 pictures are in {tmp_path}/out", "photos.load")
    code, _, err = catdog("load", "--from-kafka", "photos", "--out", tmp_path / "out")
    assert (code, len(err)) == (2, 1)
    assert "topic photos: holds no labelled picture" in err[0]


def test_a_group_is_for_kafka(tmp_path, catdog):
    code, _, err = catdog("load", "--from-s3", "s3://photos", "--group", "g", "--out", tmp_path / "out")
    assert (code, err) == (2, ["catdog: --group is for --from-kafka: leave it out"])
