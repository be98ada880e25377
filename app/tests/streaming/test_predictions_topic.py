"""The topic of predictions is missing, not allowed, too narrow, or on a full disk: nothing is committed that was not
written, it is said what is wrong, and once that is mended all is written. A real Kafka of one node.
"""

import time
from contextlib import ExitStack

import pytest
from kafka.admin import ConfigResource, ConfigResourceType

from local_kafka.small_disk import NoSmallDiskError, SmallDisk
from streaming_lab import StreamingLab, until

pytestmark = pytest.mark.local_kafka
UNKNOWN_TOPIC = 3


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """A small one; or why there is none, which only the test that fills it minds."""
    with ExitStack() as ends:
        try:
            small = SmallDisk(tmp_path_factory.mktemp("disk") / "small", megabytes=48)
        except NoSmallDiskError as missing:
            yield str(missing)
        else:
            ends.callback(small.close)
            yield small


@pytest.fixture(scope="module")
def kafka(start_kafka, disk, tmp_path_factory):
    """It keeps its metadata on the machine's disk, and has the small one beside."""
    if isinstance(disk, str):
        return start_kafka()
    large = tmp_path_factory.mktemp("large")
    return start_kafka(settings={"log.dirs": f"{large},{disk.at}", "metadata.log.dir": str(large)}, within=disk.within)


@pytest.fixture
def make_lab(kafka, tmp_path):
    with ExitStack() as ends:

        def make(**options):
            lab = StreamingLab.at(kafka, tmp_path, **options)
            ends.callback(lab.close)
            return lab

        yield make


def described(lab, topic):
    """What brokers say of it."""
    (found,) = lab.admin.describe_topics([topic])
    return found


def test_missing_it_ends_at_once_and_no_broker_makes_it(make_lab):
    lab = make_lab()
    missing = f"{lab.predictions}-not"
    stream = lab.start("--predictions", missing)
    lab.send()
    assert stream.process.wait(60) == 2
    said = stream.log.read_text().splitlines()[-1]
    assert f"topic {missing} at " in said and said.endswith("or set KAFKA_PREDICTIONS_TOPIC to one that does")
    assert described(lab, missing)["error_code"] == UNKNOWN_TOPIC
    assert lab.committed() == {}


def test_removed_under_load_it_ends_and_what_was_not_written_is_there_for_the_next(make_lab):
    lab, other = make_lab(), make_lab()
    for _ in range(60):
        lab.send()
    stream = lab.start("--batch", "8", QUICK_STREAM_BATCH_SECONDS="0.3")
    lab.wait_until(lambda: lab.read() and stream.batches())
    lab.remove(lab.predictions)
    assert stream.process.wait(60) == 2
    said = stream.log.read_text().splitlines()[-1]
    assert f"topic {lab.predictions} at " in said and "this topic does not exist: create it" in said
    assert described(lab, lab.predictions)["error_code"] == UNKNOWN_TOPIC
    done = lab.committed()
    assert done != lab.ends(), "the topic was removed after the last picture"
    lab.read_from(other.predictions)
    following = lab.start("--predictions", other.predictions)
    ends = lab.ends().items()
    left = {(partition, offset) for partition, end in ends for offset in range(done.get(partition, 0), end)}
    lab.wait_until(lambda: left <= {(said["partition"], said["offset"]) for _, said in lab.read()})
    assert following.end() == 0
    assert lab.committed() == lab.ends()


@pytest.mark.parametrize("right", ["readable_topic", "hidden_topic"])
def test_not_allowed_it_ends_and_says_so(make_lab, kafka, right):
    lab = make_lab()
    for _ in range(10):
        lab.send()
    stream = lab.start("--predictions", kafka.lab[right])
    assert stream.process.wait(60) == 1
    said = stream.log.read_text().splitlines()[-1]
    assert f"topic {kafka.lab[right]} at " in said and "not authorized" in said and "Write predictions" in said
    assert lab.committed() == {}
    allowed = lab.start()
    lab.wait_until_all()
    assert allowed.end() == 0
    lab.check()


def test_too_narrow_it_ends_and_says_what_to_raise(make_lab):
    lab = make_lab(predictions_config={"max.message.bytes": "300"})
    for _ in range(10):
        lab.send()
    stream = lab.start()
    assert stream.process.wait(60) == 2
    said = stream.log.read_text().splitlines()[-1]
    assert f"topic {lab.predictions} at " in said and "raise its max.message.bytes" in said
    assert lab.committed() == {}
    wider = ConfigResource(ConfigResourceType.TOPIC, lab.predictions, {"max.message.bytes": "1048576"})
    lab.admin.alter_configs([wider])
    following = lab.start()
    lab.wait_until_all()
    assert following.end() == 0
    lab.check()
    assert lab.committed() == lab.ends()


def test_on_a_full_disk_it_is_not_ready_commits_nothing_and_goes_on_when_there_is_room(make_lab, kafka, disk):
    if isinstance(disk, str):
        pytest.skip(disk)
    lab = make_lab()
    stream = lab.start()
    for _ in range(2):
        lab.send()
    lab.wait_until_all()
    have_on(disk, lab, kafka.nodes[0])
    disk.fill()
    try:
        for _ in range(40):
            lab.send()
        why = f"topic {lab.predictions} at {kafka.lab['plain']} (PLAINTEXT): predictions are not acknowledged"
        until(lambda: why in stream.not_ready(), lambda: f"{stream.not_ready()} {lab.told()}")
        until(lambda: "KafkaStorageException" in kafka.nodes[0].log.read_text(), lab.told)
        before = lab.committed()
        time.sleep(2)
        assert lab.committed() == before != lab.ends()
        assert why in stream.not_ready()
        disk.make_room()
        kafka.nodes[0].end()
    finally:
        kafka.start_missing()
    lab.wait_until_all()
    stream.wait_until_ready()
    assert stream.end() == 0
    lab.check()
    assert lab.committed() == lab.ends()


def have_on(disk, lab, node):
    """The topic of predictions lies on this disk, all others lie on the other one."""

    def lying():
        (broker,) = lab.admin.describe_log_dirs()
        return {
            (topic["name"], partition["partition_index"]): one["log_dir"]
            for one in broker["log_dirs"]
            for topic in one["topics"]
            for partition in topic["partitions"]
            if not partition["is_future_key"]
        }

    (other,) = set(lying().values()) - {str(disk.at)}
    wanted = {place: str(disk.at) if place[0] == lab.predictions else other for place in lying()}
    lab.admin.alter_replica_log_dirs({(*place, node.number): folder for place, folder in wanted.items()})
    until(lambda: lying() == wanted, lambda: f"{lying()} are not where they are to be: {wanted}")
