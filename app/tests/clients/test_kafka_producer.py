"""The producer: the original's flags, one line a file, and a refusal before anything is sent."""

import asyncio
import contextlib
import hashlib
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
from PIL import Image

SCRIPT = Path(__file__).parents[2] / "clients" / "kafka_producer.py"
ADMIN = kafka.admin.KafkaAdminClient
PICTURE = b"\xff\xd8\xffpicture"


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
    path.write_bytes(PICTURE)
    return path


@pytest.fixture
def refused(producer, cat):
    """Runs the script with arguments and a picture: the one line that it says, with this exit code."""

    def run(expected, *arguments):
        code, lines, err = producer(*arguments, "--file", cat)
        assert code == expected
        assert len(err.splitlines()) == 1
        assert not lines
        assert not FakeProducer.made, "a producer that looks for a topic would have some brokers create it"
        return err

    return run


def test_sends_the_bytes_and_tells_where_they_are(producer, cat):
    code, lines, _ = producer("--brokers", "b:9094", "--topic", "rhte", "--file", cat, "--correlation-id", "me")

    assert code == 0
    told = json.loads(lines[0])
    assert told.pop("seconds") >= 0
    assert set(told) == {"file", "topic", "partition", "offset", "bytes", "sha256", "correlation_id"}
    assert (told["topic"], told["partition"], told["offset"], told["bytes"]) == ("rhte", 0, 0, 10)
    assert told["sha256"] == hashlib.sha256(PICTURE).hexdigest()
    ((topic, value, headers),) = FakeProducer.sent
    assert (topic, value) == ("rhte", PICTURE)
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
    dog.write_bytes(b"\x89PNG\r\n\x1a\nother")
    code, lines, _ = producer("--brokers", "b:1", "--topic", "t", "--file", cat, dog)

    told = [json.loads(line) for line in lines]
    assert code == 0
    assert [line["file"] for line in told] == [str(cat), str(dog)]
    assert [line["offset"] for line in told] == [0, 1]
    assert told[0]["correlation_id"] != told[1]["correlation_id"]


def test_sends_every_file_that_is_given_though_the_flag_is_given_again(producer, cat, tmp_path):
    dog = tmp_path / "dog.png"
    dog.write_bytes(b"\x89PNG\r\n\x1a\nother")
    code, lines, _ = producer(
        *("--brokers", "b:1", "--topic", "t", "--file", cat, "--file", dog),
        *("--correlation-id", "first", "--correlation-id", "second"),
    )

    told = [json.loads(line) for line in lines]
    assert code == 0
    assert [(line["file"], line["correlation_id"]) for line in told] == [(str(cat), "first"), (str(dog), "second")]


def test_sends_the_pictures_of_a_folder_by_their_names_and_says_what_it_leaves_out(producer, tmp_path):
    for name, content in {"b.png": PICTURE, "a/z.jpg": PICTURE, "a.txt": b"text", ".hidden/c.jpg": PICTURE}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    code, lines, err = producer("--brokers", "b:1", "--topic", "t", "--file", tmp_path)

    assert code == 0
    assert [json.loads(line)["file"] for line in lines] == [str(tmp_path / "a/z.jpg"), str(tmp_path / "b.png")]
    assert f"1 of 3 files in {tmp_path} are no pictures and left out: {tmp_path / 'a.txt'}" in err
    last = "kafka_producer: acknowledged 2 of 2, 20 bytes, in topic t: 2 in partition 0 at offsets 0 to 1"
    assert err.splitlines()[-1] == last


def test_refuses_a_folder_without_a_picture(producer, tmp_path):
    (tmp_path / "a.txt").write_text("text")
    code, _, err = producer("--brokers", "b:1", "--file", tmp_path)
    assert (code, FakeProducer.sent) == (1, [])
    assert f"{tmp_path} holds no picture" in err


def test_warns_of_a_file_that_is_no_picture_and_sends_it(producer, tmp_path):
    path = tmp_path / "cat.jpg"
    path.write_text("meow")
    code, lines, err = producer("--brokers", "b:1", "--file", path)
    assert (code, len(lines)) == (0, 1)
    assert f"warning: {path} is no picture by its first bytes" in err


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "AVIF", "JPEG2000", "PPM", "ICO"])
def test_knows_what_the_classifier_reads(producer, tmp_path, form):
    path = tmp_path / "picture"
    Image.new("RGB", (32, 32)).save(path, form)
    code, _, err = producer("--brokers", "b:1", "--file", path)
    assert (code, "warning" in err) == (0, False)


@pytest.mark.parametrize(
    ("name", "given", "kind"),
    [
        ("cat.JPG", [], b"image/jpeg"),
        ("cat.webp", [], b"image/webp"),
        ("cat", [], b"application/octet-stream"),
        ("cat.jpg", ["--content-type", "image/x-cat"], b"image/x-cat"),
    ],
)
def test_says_what_kind_of_file_it_is(producer, tmp_path, name, given, kind):
    path = tmp_path / name
    path.write_bytes(PICTURE)
    assert producer("--brokers", "b:1", "--file", path, *given)[0] == 0
    assert FakeProducer.sent[0][2]["content-type"] == kind


@pytest.mark.parametrize("tls", [True, False])
def test_logs_in_with_a_password_from_a_file_or_the_environment(producer, cat, tmp_path, monkeypatch, tls):
    file = tmp_path / "password"
    file.write_text("from a file\n")
    flags = ["--use-tls"] if tls else []
    assert producer("--brokers", "b:1", "--file", cat, "--user", "anna", "--password-file", file, *flags)[0] == 0
    assert FakeProducer.made["security_protocol"] == ("SASL_SSL" if tls else "SASL_PLAINTEXT")
    assert FakeProducer.made["sasl_mechanism"] == "SCRAM-SHA-512"
    assert (FakeProducer.made["sasl_plain_username"], FakeProducer.made["sasl_plain_password"]) == (
        "anna",
        "from a file",
    )

    monkeypatch.setenv("KAFKA_PASSWORD", "from the environment")
    assert producer("--brokers", "b:1", "--file", cat, "--user", "anna")[0] == 0
    assert FakeProducer.made["sasl_plain_password"] == "from the environment"


def test_tells_what_was_acknowledged_where_one_was_not(producer, cat, tmp_path, monkeypatch):
    def no_right(timeout):
        raise kafka.errors.TopicAuthorizationFailedError("t")

    def send(self, topic, value, headers):
        place = SimpleNamespace(topic=topic, partition=2, offset=7)
        return SimpleNamespace(get=no_right if dict(headers)["file-name"] == b"dog.jpg" else lambda timeout: place)

    def close(self, timeout):
        raise kafka.errors.KafkaTimeoutError("Timeout waiting for future")

    monkeypatch.setattr(FakeProducer, "send", send)
    monkeypatch.setattr(FakeProducer, "close", close)
    dog = tmp_path / "dog.jpg"
    dog.write_bytes(PICTURE)
    code, lines, err = producer("--brokers", "b:1", "--topic", "t", "--file", cat, dog, cat)

    assert (code, len(lines)) == (1, 2)
    assert f"{dog} is not acknowledged: topic t at b:1 may not be written by this client (without a login)" in err
    assert "acknowledged 2 of 3, 20 bytes, in topic t: 2 in partition 2 at offsets 7 to 7" in err.splitlines()[-1]


def test_keeps_few_bytes_under_way(producer, tmp_path, monkeypatch):
    underway, most = [], []

    def send(self, topic, value, headers):
        underway.append(len(value))
        most.append(sum(underway))
        place = SimpleNamespace(topic=topic, partition=0, offset=0)
        return SimpleNamespace(get=lambda timeout: underway.pop(0) and place)

    monkeypatch.setattr(FakeProducer, "send", send)
    path = tmp_path / "cat.jpg"
    path.write_bytes(PICTURE + bytes(1024 * 1024))
    code, lines, _ = producer("--brokers", "b:1", "--file", *[path] * 9)
    assert (code, len(lines)) == (0, 9)
    assert 3 * 1024 * 1024 < max(most) <= 4 * 1024 * 1024


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
        (["--brokers", "b:1", "--cert-file", "c", "--key-file", "k"], "--key-file are for TLS: add --use-tls"),
        (["--brokers", "b:1", "--use-tls", "--cert-file", "c"], "--cert-file and --key-file belong together"),
        (["--brokers", "b:1", "--use-tls", "--key-file", "k"], "--cert-file and --key-file belong together"),
        (["--brokers", "b:1", "--topic", "t", "--timeout", "0"], "--timeout 0: give more"),
        (["--brokers", "b:1", "--topic", "t", "--timeout", "nan"], "--timeout nan: give more"),
        (["--brokers", " , "], "--brokers names no broker"),
        (["--brokers", "b:1", "--user", "anna"], "--user anna has no password: give --password-file, or set KAFKA"),
        (["--brokers", "b:1", "--password-file", "p"], "--password-file is for a user: add --user"),
    ],
)
def test_refuses_a_wrong_command_line(refused, arguments, message):
    assert message in refused(2, *arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--brokers", "b:1", "--topic", "t", "--use-tls", "--ca-file", "none.crt"], "none.crt is no file"),
        (
            ["--brokers", "b:1", "--use-tls", "--cert-file", "no.crt", "--key-file", "k"],
            "--cert-file no.crt is no file",
        ),
        (["--brokers", "b:1", "--use-tls", "--cert-file", SCRIPT, "--key-file", "no.key"], "--key-file no.key is no f"),
        (["--brokers", "b:1", "--user", "anna", "--password-file", "no"], "--password-file no cannot be read: No such"),
        (["--brokers", "b:1", "--user", "anna", "--password-file", "/dev/null"], "--password-file /dev/null is empty"),
        (["--brokers", "b:1,,c:2", "--topic", "missing"], "topic missing at b:1,c:2 does not exist"),
        (["--brokers", "b:1", "--topic", "no name"], "topic no name at b:1 is no name that Kafka allows"),
        (["--brokers", "b:1", "--topic", "secret"], "topic secret at b:1 may not be seen by this client (without a"),
    ],
)
def test_refuses_what_cannot_be_sent(refused, arguments, message):
    assert message in refused(1, *arguments)


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


def drain(connection):
    """Ends what is said, then takes what still comes: closed before that, the connection loses the alert on its way."""
    with contextlib.suppress(OSError):
        connection.settimeout(5)  # of a client that does not close
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass


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
            with context.wrap_socket(client, server_side=True, do_handshake_on_connect=False) as connection:
                try:
                    connection.do_handshake()
                except OSError:
                    drain(connection)

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
    assert f"the broker does not trust the certificate {bert.certificate}" in err
