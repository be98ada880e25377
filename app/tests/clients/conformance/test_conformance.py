"""Both clients keep to one table, each as a process; what they call acknowledged is read back from its place."""

from __future__ import annotations

import hashlib
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient
from PIL import Image

from conformance.cases import CASES, Case
from conformance.commands import COMMANDS, GO_VARIABLE, Outcome, run
from conformance.lab import VARIABLE, read_lab

MAX_SECONDS = 15  # within which a client that cannot reach its brokers says so
MAX_PICTURE_BYTES = 10 * 1024 * 1024 - 4096
KEYS = ["file", "topic", "partition", "offset", "bytes", "sha256", "correlation_id", "seconds"]
LAB = read_lab()
CONTENT_TYPES = {".jpg": "image/jpeg", ".png": "image/png"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Files and folders to send, by their words in the table."""
    folder = tmp_path_factory.mktemp("files")
    made = {name: folder / f"{name}.jpg" for name in ("cat", "empty", "large", "largest", "absent")}
    made |= {"text": folder / "text.txt", "folder": folder / "folder", "bare": folder / "bare"}
    Image.effect_noise((400, 300), 90).save(made["cat"])
    made["text"].write_text("meow\n")
    made["empty"].touch()
    start = made["cat"].read_bytes()
    for name, size in (("largest", MAX_PICTURE_BYTES), ("large", MAX_PICTURE_BYTES + 1)):
        made[name].write_bytes(start + bytes(size - len(start)))
    for name in ("b.jpg", "a/c.png", "a/d.jpg", "notes.txt", ".hidden/e.jpg"):
        path = made["folder"] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".txt":
            path.write_text(name)
        else:
            Image.effect_noise((40, 30), 90).save(path)
    made["bare"].mkdir()
    (made["bare"] / "notes.txt").write_text("no picture")
    return {name: str(path) for name, path in made.items()}


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    """Addresses of nobody, and of somebody who lets one connect and says nothing."""
    with socket.socket() as closed, socket.create_server(("127.0.0.1", 0)) as silent:
        closed.bind(("127.0.0.1", 0))  # kept, so that nobody else listens there
        yield {
            "nobody": f"127.0.0.1:{closed.getsockname()[1]}",
            "silent": f"127.0.0.1:{silent.getsockname()[1]}",
        }


@pytest.fixture
def words(files: dict[str, str], addresses: dict[str, str]) -> dict[str, str]:
    """All that words in braces may stand for."""
    password = {"password_itself": Path(LAB["password_file"]).read_text().strip()} if "password_file" in LAB else {}
    return LAB | password | files | addresses


@pytest.fixture(params=COMMANDS)
def client(request: pytest.FixtureRequest) -> str:
    """A client's name. The Go client is tried where its binary is named."""
    if request.param == "go" and not os.environ.get(GO_VARIABLE):
        pytest.skip(f"{GO_VARIABLE} names no binary of the Go client")
    return request.param


def call(client: str, case: Case, words: dict[str, str]) -> Outcome:
    """Run a case; skip it where the lab lacks something that it names."""
    try:
        brokers = case.brokers.format_map(words)
        sent = [path.format_map(words) for path in case.files]
        flags = {name: value if value is True else value.format_map(words) for name, value in case.flags.items()}
        environment = {name: value.format_map(words) for name, value in case.environment.items()}
    except KeyError as missing:
        pytest.skip(f"{VARIABLE} names no lab with {missing}")
    return run(COMMANDS[client](brokers, sent, flags), environment)


def connection() -> dict:
    """How the tests themselves come to the lab's brokers."""
    if "plain" in LAB:
        return {"bootstrap_servers": LAB["plain"]}
    ours = {"ssl_certfile": LAB["cert_file"], "ssl_keyfile": LAB["key_file"]} if "tls" not in LAB else {}
    return {
        "bootstrap_servers": LAB.get("tls") or LAB["certificate"],
        "security_protocol": "SSL",
        "ssl_cafile": LAB["ca_file"],
        **ours,
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_client_keeps_to_the_table(client: str, case: Case, words: dict[str, str]):
    outcome = call(client, case, words)
    told = [json.loads(line) for line in outcome.lines]
    said = "\n".join(outcome.said)

    assert (outcome.code, len(told)) == (case.code, case.acknowledged), said
    for part in case.says:
        assert part.format_map(words) in said
    if "timeout" in case.flags:  # the others' seconds are the machine's affair
        assert outcome.seconds < MAX_SECONDS
    assert "Traceback" not in said and "goroutine" not in said
    if case.code == 0:
        assert f"acknowledged {case.acknowledged} of {case.acknowledged}, " in outcome.said[-1]
        check_records(told, case)


def check_records(told: list[dict], case: Case) -> None:
    """Each line is true: the record lies where it says, with the file's bytes and its headers."""
    # The checksum of the bytes is looked at below.
    consumer = KafkaConsumer(
        check_crcs=False, fetch_max_bytes=11 * 1024 * 1024, max_partition_fetch_bytes=11 * 1024 * 1024, **connection()
    )
    try:
        for line in told:
            assert list(line) == KEYS
            place = TopicPartition(line["topic"], line["partition"])
            consumer.assign([place])
            consumer.seek(place, line["offset"])
            (record,) = consumer.poll(10_000, max_records=1)[place]
            path = Path(line["file"])
            assert (record.offset, record.value) == (line["offset"], path.read_bytes())
            assert line["sha256"] == hashlib.sha256(record.value).hexdigest()
            assert line["bytes"] == len(record.value)
            expected = {
                "file-name": path.name,
                "content-type": case.flags.get("content_type")
                or CONTENT_TYPES.get(path.suffix, "application/octet-stream"),
                "correlation-id": case.flags.get("correlation_id") or line["correlation_id"],
                "sha256": line["sha256"],
            }
            expected |= {"sent-by": case.flags["sent_by"]} if "sent_by" in case.flags else {}
            assert {name: value.decode() for name, value in record.headers} == expected
    finally:
        consumer.close()


def test_a_topic_is_not_made_by_sending_to_it(client: str, words: dict[str, str]):
    """Also where the broker would make a topic for whoever asks."""
    if "missing_topic" not in LAB:
        pytest.skip(f"{VARIABLE} names no lab with 'missing_topic'")
    unknown = next(case for case in CASES if case.name == "unknown topic")
    call(client, unknown, words)
    admin = KafkaAdminClient(**connection())
    try:
        (found,) = admin.describe_topics([LAB["missing_topic"]])
    finally:
        admin.close()
    assert found["error_code"] == 3


def test_a_client_gives_up_in_time_by_itself(client: str, words: dict[str, str]):
    """Without --timeout, and once: it takes that long."""
    if not LAB:
        pytest.skip(f"{VARIABLE} names no lab: this one is not worth its seconds in every run")
    outcome = call(client, Case("by itself", "{silent}", 1, ()), words)
    assert (outcome.code, len(outcome.said)) == (1, 1)
    assert outcome.seconds < MAX_SECONDS
