"""The service's round: what is written when, what is committed when, and what no failure may change about it."""

import json
import logging
import threading
from types import SimpleNamespace

import pytest

from catdog.errors import KafkaError, NotAuthorizedError
from catdog.streaming.failures import UnavailableError
from catdog.streaming.status import Status


def said(prediction):
    return [(answer.model, answer.label) for answer in prediction.answers]


def test_each_record_gets_what_both_models_say(lab, record, picture):
    lab.kafka.rounds += [[record(0, picture(255), correlation_id="a"), record(7, picture(0), partition=1)]]
    lab.run()
    white, black = lab.kafka.written
    assert said(white) == [("poor", "dog"), ("well", "dog")]
    assert said(black) == [("poor", "cat"), ("well", "cat")]
    assert (white.identity, black.identity) == ("rhte/0/0", "rhte/1/7")
    assert json.loads(white.value())["answers"][1]["model_hash"] == "h1"


def test_commits_only_what_is_acknowledged_and_after_it(lab, record):
    lab.kafka.rounds += [[record(0), record(1)], [record(2)]]
    lab.run()
    assert [event for event in lab.kafka.events if event[0] != "ask"] == [
        ("write", [0, 1]), ("commit", {0: 2}), ("write", [2]), ("commit", {0: 3}),
    ]  # fmt: skip


def test_what_is_not_acknowledged_is_written_again_and_committed_once(lab, record):
    lab.kafka.failures += [UnavailableError("full"), UnavailableError("full")]
    lab.kafka.rounds += [[record(0)]]
    lab.run()
    assert lab.kafka.events[-4:] == [("failed", 1), ("failed", 1), ("write", [0]), ("commit", {0: 1})]


def test_is_not_ready_while_predictions_are_not_acknowledged(lab, record):
    seen = []
    lab.kafka.look = lambda: seen.append(lab.status.not_ready()) or {}
    lab.kafka.failures += [UnavailableError("topic rhte-predictions is full")]
    lab.kafka.rounds += [[record(0)]]
    lab.run()
    assert seen == [["topic rhte-predictions is full"]]
    assert lab.status.not_ready() == []


def test_told_to_end_while_predictions_are_not_acknowledged_it_commits_nothing(lab, record):
    def full(predictions):
        lab.ended.set()
        raise UnavailableError("full")

    lab.kafka.write = full
    lab.kafka.rounds += [[record(0)]]
    lab.run()
    assert lab.kafka.committed == {}


def test_told_to_end_it_finishes_the_batch_in_work_and_leaves_the_next(lab, record):
    write = lab.kafka.write

    def told_meanwhile(predictions):
        lab.ended.set()
        write(predictions)

    lab.kafka.write = told_meanwhile
    lab.kafka.rounds += [[record(0), record(1)], [record(2)]]
    lab.run()
    assert [one.offset for one in lab.kafka.written] == [0, 1]
    assert lab.kafka.committed == {0: 2}, "the batch that was read ahead is for whoever comes next"


def test_a_poison_record_among_a_thousand_stops_nothing(lab, record):
    poison = {
        100: record(100, b"no picture"),
        300: record(300, b""),
        500: record(500, correlation_id="x" * 2_000_000),
        700: record(700, sha256="0" * 64),
        900: record(900, b"\x89PNG\r\n\x1a\n" + b"\0" * 1000),
    }
    records = [poison.get(offset) or record(offset) for offset in range(1000)]
    lab.kafka.rounds += [records[start : start + 50] for start in range(0, 1000, 50)]
    lab.run()
    assert [one.offset for one in lab.kafka.written] == list(range(1000))
    assert [one.offset for one in lab.kafka.written if one.reason] == [100, 300, 700, 900]
    assert max(len(one.value()) for one in lab.kafka.written) < 4096, "a long header does not make a long prediction"
    assert lab.kafka.committed == {0: 1000}
    assert lab.metrics.registry.get_sample_value("catdog_stream_errors_total", {"topic": "rhte"}) == 4


def test_a_batch_of_nothing_but_errors_asks_no_model(lab, record):
    lab.kafka.rounds += [[record(0, b"text"), record(1, b"text")]]
    lab.run()
    assert [one.sizes for one in lab.models.classifiers] == [[], []]
    assert lab.kafka.committed == {0: 2}


def test_pictures_are_asked_about_together(lab, record):
    lab.kafka.rounds += [[record(offset) for offset in range(9)]]
    lab.run()
    assert [one.sizes for one in lab.models.classifiers] == [[9], [9]]


def test_the_next_batch_is_decoded_while_the_models_compute(lab, record, picture):
    poor, _ = lab.models.classifiers
    decoded, overlapped = threading.Event(), []
    prepare, logits = poor.prepare, poor.logits

    def tell_black(pixels):
        if not pixels.any():
            decoded.set()
        return prepare(pixels)

    def wait_for_black(images):
        overlapped.append(decoded.wait(10))
        return logits(images)

    poor.prepare, poor.logits = tell_black, wait_for_black
    lab.kafka.rounds += [[record(0, picture(255))], [record(1, picture(0))]]
    lab.run()
    assert overlapped == [True, True]


def test_a_rebalance_while_a_batch_is_in_work_commits_nothing_of_lost_partitions(lab, record):
    mine, lost = record(0), record(5, partition=1)
    write = lab.kafka.write

    def lose_meanwhile(predictions):
        write(predictions)
        lab.kafka.ours = {0}

    lab.kafka.write = lose_meanwhile
    lab.kafka.rounds += [[mine, lost]]
    lab.run()
    assert lab.kafka.committed == {0: 1}

    lab.ended.clear()
    lab.kafka.ours, lab.kafka.write = {0, 1}, write
    lab.kafka.rounds += [[lost]]  # as the next owner reads it
    lab.run()
    assert [one.identity for one in lab.kafka.written] == ["rhte/0/0", "rhte/1/5", "rhte/1/5"]
    assert lab.kafka.committed == {0: 1, 1: 6}


def test_a_group_that_went_on_without_us_is_no_failure(lab, record):
    lab.kafka.membership_lost = True
    lab.kafka.rounds += [[record(0)], [record(1)]]
    lab.run()
    assert [one.offset for one in lab.kafka.written] == [0, 1]
    assert lab.kafka.committed == {}


def test_a_killed_service_is_followed_by_one_that_reads_from_the_commit_on(lab, record):
    class Killed(BaseException):
        """As nothing that the service catches."""

    topic = [record(offset) for offset in range(6)]
    write, kills = lab.kafka.write, iter([True, False, False])

    def killed_before_the_commit(predictions):
        write(predictions)
        if next(kills):
            raise Killed

    lab.kafka.write = killed_before_the_commit
    lab.kafka.rounds += [topic[:3], topic[3:]]
    with pytest.raises(Killed):
        lab.run()
    assert lab.kafka.committed == {}
    lab.kafka.rounds.clear()
    lab.kafka.rounds += [topic[:3], topic[3:]]
    lab.run()
    keys = [one.identity for one in lab.kafka.written]
    assert len(keys) == 9
    assert set(keys) == {f"rhte/0/{offset}" for offset in range(6)}
    assert lab.kafka.committed == {0: 6}


def test_a_kafka_that_is_lost_and_back_is_waited_for(lab, record):
    seen = []
    lab.kafka.look = lambda: seen.append(lab.status.not_ready()) or {}
    lab.kafka.rounds += [[], *[UnavailableError("no broker answers")] * 2, [record(0)]]
    lab.run()
    assert seen == [["no broker answers"]] * 2
    assert lab.status.not_ready() == []
    assert lab.kafka.committed == {0: 1}
    assert lab.metrics.registry.get_sample_value("catdog_stream_kafka_failures_total") == 2


def test_a_lost_kafka_is_told_once(lab, caplog):
    lab.kafka.rounds += [UnavailableError("no broker answers")] * 3
    with caplog.at_level(logging.ERROR, "catdog.streaming"):
        lab.run()
    assert [entry.fields["reason"] for entry in caplog.records] == ["no broker answers"]


def test_what_was_read_before_kafka_was_lost_is_answered(lab, record):
    lab.kafka.rounds += [[record(0)], UnavailableError("no broker answers"), []]
    lab.run()
    assert [one.offset for one in lab.kafka.written] == [0]
    assert lab.kafka.committed == {0: 1}


def test_what_was_read_is_kept_where_brokers_are_asked_in_vain(lab, record):
    failures = [UnavailableError("no broker answers")]

    def ask():
        if failures:
            raise failures.pop()

    lab.kafka.ask = ask
    lab.kafka.rounds += [[record(0)], [record(1)]]
    lab.run()
    assert failures == []
    assert [one.offset for one in lab.kafka.written] == [0, 1]
    assert lab.kafka.committed == {0: 2}


@pytest.mark.parametrize("error", [KafkaError("this topic does not exist"), NotAuthorizedError("not authorized")])
def test_a_topic_that_is_gone_or_not_allowed_ends_it(lab, record, error):
    lab.kafka.failures += [UnavailableError("not acknowledged")]
    lab.kafka.topic_error = error
    lab.kafka.rounds += [[record(0)]]
    with pytest.raises(type(error), match=str(error)):
        lab.run()
    assert lab.kafka.committed == {}


def test_a_model_that_is_absent_is_named_in_the_answer(lab, record):
    lab.models = SimpleNamespace(classifiers=lab.models.classifiers[1:], absent={"poor": "no model 'poor'"})
    lab.kafka.rounds += [[record(0)]]
    lab.run()
    (only,) = lab.kafka.written
    assert said(only) == [("well", "dog")]
    assert json.loads(only.value())["absent"] == {"poor": "no model 'poor'"}


def test_a_model_that_changes_answers_from_the_next_batch_on(lab, record):
    first = lab.models

    def changed():
        lab.models = SimpleNamespace(classifiers=(type(first.classifiers[0])("well", "h2"),), absent={})
        return []

    lab.kafka.rounds += [[record(0)], changed, [record(1)]]
    lab.run()
    assert [one.answers[-1].model_hash for one in lab.kafka.written] == ["h1", "h2"]
    assert lab.metrics.registry.get_sample_value("catdog_stream_model", {"model": "well", "hash": "h2"}) == 1
    assert lab.metrics.registry.get_sample_value("catdog_stream_model", {"model": "well", "hash": "h1"}) is None


def test_is_ready_when_the_group_has_assigned_partitions_and_brokers_answer(lab):
    lab.kafka.joined = False
    lab.kafka.rounds += [[]]
    lab.run()
    assert lab.status.not_ready() == ["the consumer group is assigning partitions"]
    lab.kafka.joined = True
    lab.ended.clear()
    lab.run()
    assert lab.status.not_ready() == []


def test_brokers_are_asked_while_there_are_no_records(lab, monkeypatch):
    monkeypatch.setattr("catdog.streaming.service.QUIET_SECONDS", 0)
    lab.kafka.rounds += [[], [], []]
    lab.run()
    assert lab.kafka.events.count(("ask",)) >= 3


def test_models_that_are_not_loaded_keep_it_from_being_ready():
    status = Status()
    status.has(Status.KAFKA)
    status.has(Status.GROUP)
    assert status.not_ready() == ["the models are not loaded yet"]


def test_figures_tell_records_batches_seconds_and_lag(lab, record):
    lab.kafka.rounds += [[record(0), record(1), record(2, b"text")]]
    lab.kafka.lags = lambda: {("rhte", 0): 4}
    lab.run()
    value = lab.metrics.registry.get_sample_value
    assert value("catdog_stream_records_total", {"topic": "rhte"}) == 3
    assert value("catdog_stream_batch_size_sum") == 3
    assert value("catdog_stream_batch_size_count") == 1
    assert value("catdog_stream_seconds_count") == value("catdog_stream_age_seconds_count") == 3
    assert value("catdog_stream_answers_total", {"model": "well", "label": "dog"}) == 2
    assert value("catdog_stream_lag", {"topic": "rhte", "partition": "0"}) == 4
    lab.metrics.lags({("rhte", 1): 0})
    assert value("catdog_stream_lag", {"topic": "rhte", "partition": "0"}) is None, "a partition that is another's now"
