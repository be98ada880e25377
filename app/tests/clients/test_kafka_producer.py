"""The producer: the original's flags, one line a file, and a refusal before anything is sent."""

import asyncio
import importlib.util
import json
import socket
import ssl
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import kafka
import kafka.admin
import kafka.errors
import pytest

SCRIPT = Path(__file__).parents[2] / "clients" / "kafka_producer.py"
ADMIN = kafka.admin.KafkaAdminClient


class FakeProducer:
    """Acknowledges each record with the next offset of partition 0."""

    made: dict
    sent: list

    def __init__(self, **options):
        FakeProducer.made, FakeProducer.sent = options, []

    def send(self, topic, value, headers):
        FakeProducer.sent.append((topic, value, dict(headers)))
        ack = SimpleNamespace(topic=topic, partition=0, offset=len(FakeProducer.sent) - 1)
        return SimpleNamespace(get=lambda timeout: ack)

    def close(self, timeout):
        pass


class FakeAdmin:
    """Knows every topic but three."""

    codes: ClassVar = {"missing": 3, "no name": 17, "secret": 29, "young": 5}

    def __init__(self, **options):
        self.options = options

    def describe_topics(self, topics):
        return [{"name": name, "error_code": self.codes.get(name, 0)} for name in topics]

    def close(self):
        pass


@pytest.fixture
def producer(monkeypatch, capsys):
    """Runs the script with arguments: (exit code, lines of stdout, stderr)."""
    spec = importlib.util.spec_from_file_location("kafka_producer", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(kafka, "KafkaProducer", FakeProducer)
    monkeypatch.setattr(kafka.admin, "KafkaAdminClient", FakeAdmin)
    FakeProducer.made, FakeProducer.sent = {}, []

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["kafka_producer.py", *map(str, arguments)])
        code = 0
        try:
            module.main()
        except SystemExit as stopped:
            code = stopped.code
        out, err = capsys.readouterr()
        return code, out.splitlines(), err

    return run


@pytest.fixture
def cat(tmp_path):
    path = tmp_path / "cat.jpg"
    path.write_bytes(b"picture")
    return path


def test_sends_the_bytes_and_tells_where_they_are(producer, cat):
    code, lines, _ = producer("--brokers", "b:9094", "--topic", "rhte", "--file", cat, "--correlation-id", "me")

    assert code == 0
    told = json.loads(lines[0])
    assert told.pop("seconds") >= 0
    digest = "8f8a80d49cec3f39dffd00dbaffaff6eae6a8e13bd76e06d7d2a7b9f9c6a4b34"
    assert set(told) == {"file", "topic", "partition", "offset", "bytes", "sha256", "correlation_id"}
    assert (told["topic"], told["partition"], told["offset"], told["bytes"]) == ("rhte", 0, 0, 7)
    assert len(told["sha256"]) == len(digest)
    ((topic, value, headers),) = FakeProducer.sent
    assert (topic, value) == ("rhte", b"picture")
    assert headers == {
        "file-name": b"cat.jpg",
        "content-type": b"image/jpeg",
        "correlation-id": b"me",
        "sha256": told["sha256"].encode(),
    }
    assert FakeProducer.made["acks"] == "all"
    assert FakeProducer.made["security_protocol"] == "PLAINTEXT"


def test_says_who_sends_where_it_is_not_by_hand(producer, cat):
    assert producer("--brokers", "b:9094", "--file", cat, "--sent-by", "verification")[0] == 0
    ((_, _, headers),) = FakeProducer.sent
    assert headers["sent-by"] == b"verification"


def test_sends_to_rhte_unless_told_otherwise_and_passes_over_an_empty_broker(producer, cat):
    code, lines, _ = producer("--brokers", "b:1, c:2 ,", "--file", cat)

    assert code == 0
    assert json.loads(lines[0])["topic"] == "rhte"
    assert FakeProducer.made["bootstrap_servers"] == ["b:1", "c:2"]


def test_sends_to_a_topic_whose_leader_is_being_chosen(producer, cat):
    assert producer("--brokers", "b:1", "--topic", "young", "--file", cat)[0] == 0


def test_the_question_for_a_topic_does_not_let_brokers_create_it():
    asked = []

    async def send(request):
        asked.append(request)
        return SimpleNamespace(to_dict=lambda: {"topics": []})

    admin = SimpleNamespace(_manager=SimpleNamespace(send=send), _process_acl_operations=lambda _: None)
    asyncio.run(kafka.admin.KafkaAdminClient._get_cluster_metadata(admin, ["rhte"]))

    assert [(one.topics[0].name, one.allow_auto_topic_creation) for one in asked] == [("rhte", False)]


def test_sends_several_in_order_each_with_an_id_of_its_own(producer, cat, tmp_path):
    dog = tmp_path / "dog.png"
    dog.write_bytes(b"other")
    code, lines, _ = producer("--brokers", "b:1", "--topic", "t", "--file", cat, dog)

    told = [json.loads(line) for line in lines]
    assert code == 0
    assert [line["file"] for line in told] == [str(cat), str(dog)]
    assert [line["offset"] for line in told] == [0, 1]
    assert told[0]["correlation_id"] != told[1]["correlation_id"]


def test_skips_verification_only_when_asked(producer, cat):
    producer("--brokers", "b:1", "--topic", "t", "--file", cat, "--use-tls")
    assert FakeProducer.made["ssl_context"].check_hostname

    producer("--brokers", "b:1", "--topic", "t", "--file", cat, "--use-tls", "--skip-tls-verify")
    assert not FakeProducer.made["ssl_context"].check_hostname
    assert FakeProducer.made["ssl_context"].verify_mode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--brokers", "b", "--topic", "t"], "'b': give host:port"),
        (["--brokers", "b:1", "--topic", "t", "--correlation-id", "x", "y"], "2 correlation ids for 1 files"),
        (["--brokers", "b:1", "--topic", "t", "--skip-tls-verify"], "add --use-tls"),
        (["--brokers", "b:1", "--topic", "t", "--use-tls", "--ca-file", "none.crt"], "none.crt is no file"),
        (["--brokers", "b:1", "--cert-file", "c", "--key-file", "k"], "--key-file are for TLS: add --use-tls"),
        (["--brokers", "b:1", "--use-tls", "--cert-file", "c"], "--cert-file and --key-file belong together"),
        (["--brokers", "b:1", "--use-tls", "--key-file", "k"], "--cert-file and --key-file belong together"),
        (
            ["--brokers", "b:1", "--use-tls", "--cert-file", "no.crt", "--key-file", "k"],
            "--cert-file no.crt is no file",
        ),
        (["--brokers", "b:1", "--use-tls", "--cert-file", SCRIPT, "--key-file", "no.key"], "--key-file no.key is no f"),
        (["--brokers", "b:1", "--topic", "t", "--timeout", "0"], "--timeout 0: give more"),
        (["--brokers", " , "], "--brokers names no broker"),
        (["--brokers", "b:1,,c:2", "--topic", "missing"], "topic missing at b:1,c:2 does not exist"),
        (["--brokers", "b:1", "--topic", "no name"], "topic no name at b:1 is no name that Kafka allows"),
        (["--brokers", "b:1", "--topic", "secret"], "topic secret at b:1 may not be seen"),
    ],
)
def test_refuses_with_the_reason(producer, cat, arguments, message):
    code, lines, err = producer(*arguments, "--file", cat)

    assert code == 1
    assert message in err
    assert len(err.splitlines()) == 1
    assert not lines
    assert not FakeProducer.made, "a producer that looks for a topic would have some brokers create it"


@pytest.mark.parametrize(("size", "message"), [(0, "is empty"), (10 * 1024 * 1024, "more than the 10481664")])
def test_refuses_a_file_that_does_not_fit_before_sending_any(producer, cat, tmp_path, size, message):
    unfit = tmp_path / "unfit.jpg"
    unfit.write_bytes(bytes(size))

    code, _, err = producer("--brokers", "b:1", "--topic", "t", "--file", cat, unfit)

    assert code == 1
    assert f"unfit.jpg {message}" in err or message in err
    assert not FakeProducer.sent


def test_says_why_no_broker_answers(producer, cat, monkeypatch):
    def refuse(**_):
        import logging

        logging.getLogger("kafka.net.connection").error("c: Connection lost: KafkaConnectionError: 111 ECONNREFUSED")
        raise kafka.errors.KafkaTimeoutError("Unable to bootstrap")

    monkeypatch.setattr(kafka.admin, "KafkaAdminClient", refuse)
    code, _, err = producer("--brokers", "b:1", "--topic", "t", "--file", cat, "--timeout", "3")

    assert code == 1
    assert "no broker of b:1 answers within 3 s: KafkaConnectionError: 111 ECONNREFUSED; nothing listens there" in err


def test_comes_with_a_client_certificate(producer, cat, anna, monkeypatch):
    loaded = []
    real = ssl.SSLContext.load_cert_chain
    monkeypatch.setattr(
        ssl.SSLContext, "load_cert_chain", lambda self, *a, **k: loaded.append((self, a)) or real(self, *a, **k)
    )
    code, _, _ = producer(
        "--brokers", "b:1", "--file", cat, "--use-tls", "--cert-file", anna.certificate, "--key-file", anna.key
    )

    assert code == 0
    assert loaded == [(FakeProducer.made["ssl_context"], (anna.certificate, anna.key))]


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("other", "is not the key of --cert-file"),
        ("certificate", "hold no certificate and key in PEM format"),
        ("locked", "(the key without a passphrase)"),
    ],
)
def test_refuses_a_key_that_does_not_fit(producer, cat, anna, bert, key, message):
    path = bert.key if key == "other" else getattr(anna, key)
    code, _, err = producer(
        "--brokers", "b:1", "--file", cat, "--use-tls", "--cert-file", anna.certificate, "--key-file", path
    )

    assert code == 1
    assert message in err
    assert str(path) in err
    assert len(err.splitlines()) == 1
    assert not FakeProducer.made


@pytest.fixture
def picky_broker(anna):
    """Talks TLS 1.3 with those only who have Anna's certificate: its port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=anna.certificate)
    context.load_cert_chain(anna.certificate, anna.key)
    context.verify_mode = ssl.CERT_REQUIRED
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                context.wrap_socket(client, server_side=True).close()
            except OSError:
                client.close()

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[1]
    # It wakes who waits in accept; closing alone does not.
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(10)


def test_says_that_the_broker_wants_a_client_certificate(producer, cat, anna, picky_broker, monkeypatch):
    monkeypatch.setattr(kafka.admin, "KafkaAdminClient", ADMIN)
    code, _, err = producer(
        *("--brokers", f"127.0.0.1:{picky_broker}", "--file", cat, "--timeout", "2"),
        *("--use-tls", "--ca-file", anna.certificate),
    )

    assert code == 1
    assert "the broker wants a client certificate: give --cert-file and --key-file" in err


def test_says_that_the_broker_does_not_trust_the_client_certificate(
    producer, cat, anna, bert, picky_broker, monkeypatch
):
    monkeypatch.setattr(kafka.admin, "KafkaAdminClient", ADMIN)
    code, _, err = producer(
        *("--brokers", f"127.0.0.1:{picky_broker}", "--file", cat, "--timeout", "2"),
        *("--use-tls", "--ca-file", anna.certificate, "--cert-file", bert.certificate, "--key-file", bert.key),
    )

    assert code == 1
    assert "the broker does not trust the certificate of --cert-file" in err
