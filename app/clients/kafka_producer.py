#!/usr/bin/env python3
"""Send pictures to a Kafka topic, each file's bytes as one record.

    python3 kafka_producer.py --brokers HOST:PORT[,HOST:PORT] --file dog.jpg --use-tls --ca-file ca.crt

Of a folder all pictures are sent, those below it too. Brokers that let nobody in without a client certificate want
`--cert-file user.crt --key-file user.key`, those that ask for a password `--user NAME` (SCRAM-SHA-512); the password
comes from the file of --password-file or from KAFKA_PASSWORD in the environment, never from the command line.
Needs Python 3.10 or later and `pip install kafka-python`, nothing else of this project. For each file one JSON line is
printed once the broker has acknowledged it: file, topic, partition, offset, bytes, sha256, correlation_id, seconds. The
last line on stderr says what was acknowledged in all. Exit code 0: all of it; 1: not all, and a line names the first
that is not, and why; 2: the command line is wrong. No file is sent if any is unfit.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import importlib.util
import json
import logging
import os
import re
import ssl
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

# max.message.bytes of the lab's topic. A record is the picture and a few hundred bytes of headers.
MAX_MESSAGE_BYTES = 10 * 1024 * 1024
ROOM_FOR_HEADERS = 4096
MAX_PICTURE_BYTES = MAX_MESSAGE_BYTES - ROOM_FOR_HEADERS
# What is on its way without an acknowledgement, so that a slow line still takes all of it within the time-out.
MAX_BYTES_UNDERWAY = 4 * 1024 * 1024
PROGRESS_EVERY = 1.0  # seconds
# What a record may take beyond the time-out: a slow line, and a checksum that is made in Python.
BYTES_A_SECOND = 256 * 1024

# How pictures begin: JPEG, PNG, GIF, BMP, WebP, TIFF, AVIF, JPEG 2000 (a file, a bare stream), PPM, ICO.
PICTURE = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|BM|RIFF.{4}WEBP|II[*+]\0|MM\0[*+]|.{4}ftypavi[fs]"
    rb"|\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51|P[1-6]\s|\0\0\x01\0",
    re.DOTALL,
)
CONTENT_TYPES = {
    **dict.fromkeys((".jpg", ".jpeg"), "image/jpeg"),
    **dict.fromkeys((".tif", ".tiff"), "image/tiff"),
    **{f".{name}": f"image/{name}" for name in ("png", "gif", "bmp", "webp", "avif", "jp2")},
    ".ppm": "image/x-portable-pixmap",
    ".ico": "image/vnd.microsoft.icon",
}
UNKNOWN_TYPE = "application/octet-stream"

# What a broker ends the handshake with because of our certificate: there is none, or it does not trust it.
OF_OUR_CERTIFICATE = (
    "CERTIFICATE_REQUIRED",
    "ALERT_ACCESS_DENIED",
    "ALERT_BAD_CERTIFICATE",
    "ALERT_CERTIFICATE_EXPIRED",
    "ALERT_CERTIFICATE_REVOKED",
    "ALERT_CERTIFICATE_UNKNOWN",
    "ALERT_HANDSHAKE_FAILURE",
    "ALERT_UNKNOWN_CA",
    "ALERT_UNSUPPORTED_CERTIFICATE",
)
# What is seen of a broker that hangs up: it says less than an alert before or after it.
HUNG_UP = ("socket disconnected", "Error: EOF occurred", "ECONNRESET", "Connection reset", "Broken pipe")
# A part of the client's reason, and what to do about it; the first that fits counts.
HINTS = {
    **dict.fromkeys(
        OF_OUR_CERTIFICATE, "the broker does not trust the certificate {args.cert_file}: ask for a valid one"
    ),
    "certificate is not valid for": "the broker's certificate does not name this host: give an address that it names",
    "certificate has expired": "the broker's certificate is out of date: ask for a new one",
    "CERTIFICATE_VERIFY_FAILED": "the broker's certificate is not of a CA that is trusted here: "
    "give the brokers' CA with --ca-file",
    "Invalid frame length": "the broker talks TLS here: add --use-tls",
    "UNEXPECTED_EOF": "the broker talks no TLS here: leave --use-tls out, or take its TLS listener",
    "WRONG_VERSION": "the broker talks no TLS here: leave --use-tls out, or take its TLS listener",
    "SaslAuthenticationFailed": "the broker does not know user {args.user} by this password",
    "IllegalSaslState": "the broker takes no passwords here: leave --user out, or take its listener for passwords",
    "UnsupportedSaslMechanism": "the broker takes no passwords by SCRAM-SHA-512 here: take another of its listeners",
    "REFUSED": "nothing listens there",
    "DNS": "the host's name is unknown here",
}
# Hints of what may pass by itself, as a broker starts.
PASSING = ("REFUSED", "DNS")
FINAL = 2
# Kafka's error codes of a topic, and what they mean.
TOPIC_ERRORS = {
    3: "does not exist: create it first, or look at its name",
    17: "is no name that Kafka allows: use up to 249 of the letters a-z, A-Z, 0-9, ., _ and -",
    29: "may not be seen by this client ({who}): it needs the right to Describe and Write",
}
# Names of the client's exceptions for a record, and what they mean.
RECORD_ERRORS = {
    "TopicAuthorizationFailedError": "may not be written by this client ({who}): it needs the right to Write",
    "ClusterAuthorizationFailedError": "may not be written by this client ({who}): it needs the right to Write",
    "UnknownTopicOrPartitionError": "does not exist any more: create it again",
    "MessageSizeTooLargeError": "takes smaller records only: raise its max.message.bytes, or make the picture smaller",
    "RecordTooLargeError": "takes smaller records only: raise its max.message.bytes, or make the picture smaller",
}


class Ack(NamedTuple):
    """Where an acknowledged record lies."""

    partition: int
    offset: int
    size: int


def say(message: str) -> None:
    print(f"kafka_producer: {message}", file=sys.stderr, flush=True)


def fail(message: str, code: int = 1) -> NoReturn:
    say(message)
    sys.exit(code)


def misuse(message: str) -> NoReturn:
    """End on a wrong command line, as argparse does."""
    fail(message, 2)


# The command line.


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brokers", required=True, help="host:port of one broker or more, with commas between")
    parser.add_argument(
        "--file",
        required=True,
        nargs="+",
        action="extend",
        type=Path,
        help="picture to send, or several, or folders; may be given again",
    )
    parser.add_argument("--topic", default="rhte", help="topic to send to (default rhte)")
    parser.add_argument("--use-tls", action="store_true", help="talk TLS to the brokers")
    parser.add_argument("--skip-tls-verify", action="store_true", help="accept any certificate (never outside a lab)")
    parser.add_argument("--ca-file", type=Path, help="certificate of the brokers' CA (PEM); default: the system's CAs")
    parser.add_argument("--cert-file", type=Path, help="your client certificate (PEM), if the brokers want one")
    parser.add_argument("--key-file", type=Path, help="its key (PEM, without a passphrase)")
    parser.add_argument("--user", metavar="NAME", help="user for brokers that ask for a password (SCRAM-SHA-512)")
    parser.add_argument(
        "--password-file", type=Path, help="file of the password (default: KAFKA_PASSWORD in the environment)"
    )
    parser.add_argument(
        "--content-type", metavar="TYPE", help="header with the media type (default: by each file's name)"
    )
    parser.add_argument(
        "--correlation-id",
        nargs="+",
        action="extend",
        default=[],
        metavar="ID",
        help="header to know a record again by, one a file (default: a new one each)",
    )
    parser.add_argument("--sent-by", metavar="NAME", help="header that says who sends, for what is not sent by hand")
    parser.add_argument("--timeout", type=float, default=12, metavar="SECONDS", help="bound for each step (default 12)")
    return parser.parse_args()


def check_command_line(args: argparse.Namespace) -> None:
    """Refuse flags that cannot work, or not together."""
    args.brokers = [broker.strip() for broker in args.brokers.split(",") if broker.strip()]
    if not args.brokers:
        misuse("--brokers names no broker: give host:port, with commas between several")
    for broker in args.brokers:
        host, _, port = broker.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            misuse(f"--brokers has {broker!r}: give host:port, with commas between several")
    if not args.timeout > 0:
        misuse(f"--timeout {args.timeout:g}: give more than 0 seconds")
    if not args.use_tls and (args.skip_tls_verify or args.ca_file or args.cert_file or args.key_file):
        misuse("--skip-tls-verify, --ca-file, --cert-file and --key-file are for TLS: add --use-tls")
    if bool(args.cert_file) != bool(args.key_file):
        misuse("--cert-file and --key-file belong together: give both, or none")
    if args.password_file and not args.user:
        misuse("--password-file is for a user: add --user")
    if args.user and not (args.password_file or os.environ.get("KAFKA_PASSWORD")):
        misuse(f"--user {args.user} has no password: give --password-file, or set KAFKA_PASSWORD")


def who(args: argparse.Namespace) -> str:
    """As whom the brokers know this client."""
    if args.user:
        return f"user {args.user}"
    return f"by the certificate {args.cert_file}" if args.cert_file else "without a login"


# Files.


def pictures(args: argparse.Namespace) -> list[Path]:
    """The files to send: those given, and the pictures in the folders given, in the order of their names."""
    found: list[Path] = []
    for path in args.file:
        if path.is_dir():
            found += pictures_below(path)
        elif path.is_file():
            found.append(path)
            if not looks_like_a_picture(path):
                say(f"warning: {path} is no picture by its first bytes: it is sent, and readers will refuse it")
        else:
            fail(f"{path} is no file and no folder: look at its name")
    for path in found:
        size = path.stat().st_size
        if size == 0:
            fail(f"{path} is empty: there is nothing to send")
        if size > MAX_PICTURE_BYTES:
            fail(
                f"{path} has {size} bytes, more than the {MAX_PICTURE_BYTES} that fit into a record of 10 MiB: "
                "make the picture smaller"
            )
    if args.correlation_id and len(args.correlation_id) != len(found):
        misuse(f"{len(args.correlation_id)} correlation ids for {len(found)} files: give one a file, or none")
    return found


def pictures_below(folder: Path) -> list[Path]:
    hidden = [path for path in folder.rglob("*") if path.is_file()]
    files = sorted(path for path in hidden if not any(part[0] == "." for part in path.relative_to(folder).parts))
    found = [path for path in files if looks_like_a_picture(path)]
    if not found:
        fail(f"{folder} holds no picture: name a folder with pictures in it, or below it")
    if left_out := [path for path in files if path not in set(found)]:
        say(f"warning: {len(left_out)} of {len(files)} files in {folder} are no pictures and left out: {left_out[0]} …")
    return found


def looks_like_a_picture(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return bool(PICTURE.match(file.read(16)))
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}")


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}")


# The connection.


def load_certificate(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    for flag, path in (("--cert-file", certificate), ("--key-file", key)):
        if not path.is_file():
            fail(f"{flag} {path} is no file: save your client certificate and its key, and name them here")
    try:
        # The empty passphrase keeps OpenSSL from asking for one at the terminal.
        context.load_cert_chain(certificate, key, password="")
    except ssl.SSLError as error:
        if "KEY_VALUES_MISMATCH" in str(error):
            fail(f"--key-file {key} is not the key of --cert-file {certificate}: give the two that were made together")
        fail(
            f"--cert-file {certificate} and --key-file {key} hold no certificate and key in PEM format "
            f"(the key without a passphrase): {error}"
        )
    except OSError as error:
        fail(f"--cert-file {certificate} or --key-file {key} cannot be read: {error.strerror}")


def tls_options(args: argparse.Namespace) -> dict[str, Any]:
    if not args.use_tls:
        return {}
    if args.ca_file and not args.ca_file.is_file():
        fail(f"--ca-file {args.ca_file} is no file: save the cluster's ca.crt there")
    try:
        context = ssl.create_default_context(cafile=args.ca_file)
    except ssl.SSLError as error:
        fail(f"--ca-file {args.ca_file} holds no certificate in PEM format: {error}")
    if args.cert_file:
        load_certificate(context, args.cert_file, args.key_file)
    if args.skip_tls_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return {"ssl_context": context, "ssl_check_hostname": not args.skip_tls_verify}


def login_options(args: argparse.Namespace) -> dict[str, Any]:
    if not args.user:
        return {}
    password = os.environ.get("KAFKA_PASSWORD", "")
    if args.password_file:
        try:
            password = args.password_file.read_text().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            fail(f"--password-file {args.password_file} cannot be read: {getattr(error, 'strerror', 0) or error}")
    if not password:
        fail(f"--password-file {args.password_file} is empty: write the password of {args.user} into it")
    return {
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": args.user,
        "sasl_plain_password": password,
    }


def connection_options(args: argparse.Namespace) -> dict[str, Any]:
    """What both of the client's classes want to know of the brokers."""
    bound = round(args.timeout * 1000)
    return {
        "bootstrap_servers": args.brokers,
        "bootstrap_timeout_ms": bound,
        "request_timeout_ms": bound,
        "security_protocol": ("SASL_" if args.user else "") + ("SSL" if args.use_tls else "PLAINTEXT"),
        **tls_options(args),
        **login_options(args),
    }


class LastLoss(logging.Handler):
    """Keeps why the client lost its connection: its exceptions say only that time is up.

    What says more is kept. `settled` is set once there is one broker and a reason that waiting does not change.
    """

    def __init__(self, args: argparse.Namespace, settled: threading.Event) -> None:
        super().__init__()
        self.args, self.settled = args, settled
        self.reason, self.weight = "", 0

    def emit(self, record: logging.LogRecord) -> None:
        _, lost, reason = record.getMessage().partition("Connection lost: ")
        if not lost:
            return
        hint, weight = self.hint(reason)
        if weight >= self.weight:
            self.reason, self.weight = f"{reason}; {hint}" if hint else reason, weight
        if weight == FINAL and len(self.args.brokers) == 1:
            self.settled.set()

    def hint(self, reason: str) -> tuple[str, int]:
        """What to do about a reason, and how much it says: nothing 0, that the broker hangs up 1, what to change 2."""
        wants_ours = "the broker wants a client certificate: give --cert-file and --key-file"
        without_certificate = self.args.use_tls and not self.args.cert_file
        if without_certificate and any(part in reason for part in OF_OUR_CERTIFICATE):
            return wants_ours, FINAL
        if any(part in reason for part in HUNG_UP):
            may_want = [wants_ours] if without_certificate else []
            may_want += [] if self.args.user else ["it wants a login: give --user"]
            return ", or ".join(["the broker hangs up: it may still be starting", *may_want]), 1
        if found := next((part for part in HINTS if part in reason), None):
            return HINTS[found].format(args=self.args), 1 if found in PASSING else FINAL
        return "", 0


def within_time(call: Callable[[], Any], args: argparse.Namespace, cause: LastLoss) -> Any:
    """Result of `call`. Ends the program with the reason when time is up, or when there is one that stays.

    The client's own bounds do not hold while a broker leaves a TLS handshake without an answer.
    """
    from kafka.errors import KafkaError

    result: list[Any] = []
    failure: list[BaseException] = []

    def work() -> None:
        try:
            result.append(call())
        except BaseException as error:  # told to the main thread, which raises it
            failure.append(error)
        finally:
            cause.settled.set()

    cause.settled.clear()
    threading.Thread(target=work, daemon=True).start()
    cause.settled.wait(args.timeout)
    if result:
        return result[0]
    if failure and not isinstance(failure[0], KafkaError):
        raise failure[0]
    brokers = ",".join(args.brokers)
    if cause.weight == FINAL:
        fail(f"no broker of {brokers} answers: {cause.reason}")
    silent = "something listens there, or packets are dropped on the way"
    fail(f"no broker of {brokers} answers within {args.timeout:g} s: {cause.reason or silent}")


def topic_error(connection: dict[str, Any], topic: str) -> int:
    """Kafka's error code of a topic, asked in a way that no broker creates it."""
    from kafka.admin import KafkaAdminClient

    admin = KafkaAdminClient(**connection)
    try:
        (found,) = admin.describe_topics([topic])
    finally:
        admin.close()
    return found["error_code"]


def connect(args: argparse.Namespace, cause: LastLoss) -> Any:
    """A producer, once the topic is known to be there. Ends the program with the reason otherwise."""
    from kafka import KafkaProducer

    options = connection_options(args)
    code = within_time(lambda: topic_error(options, args.topic), args, cause)
    if meaning := TOPIC_ERRORS.get(code):
        fail(f"topic {args.topic} at {','.join(args.brokers)} {meaning.format(who=who(args))}")
    # Connecting is bounded by within_time; these have to last for the largest record.
    longest = options["request_timeout_ms"] + 1000 * MAX_MESSAGE_BYTES // BYTES_A_SECOND
    bounds = {"request_timeout_ms": longest, "delivery_timeout_ms": longest + 1000, "max_block_ms": longest}
    options |= {"max_request_size": MAX_MESSAGE_BYTES, **bounds}
    make = functools.partial(KafkaProducer, acks="all", allow_auto_create_topics=False, **options)
    return within_time(make, args, cause)


# Sending.


def headers(args: argparse.Namespace, path: Path, digest: str, correlation_id: str) -> list[tuple[str, bytes]]:
    named = {
        "file-name": path.name,
        "content-type": args.content_type or CONTENT_TYPES.get(path.suffix.lower(), UNKNOWN_TYPE),
        "correlation-id": correlation_id,
        "sha256": digest,
    }
    if args.sent_by:
        named["sent-by"] = args.sent_by
    return [(key, text.encode()) for key, text in named.items()]


class Sender:
    """Hands files to the producer and prints a line for each, in their order, once it is acknowledged."""

    def __init__(self, args: argparse.Namespace, producer: Any, total: int, started: float) -> None:
        self.args, self.producer, self.total = args, producer, total
        self.started = self.handed_over = self.shown = started
        self.underway: deque[tuple[dict[str, Any], Any, float]] = deque()
        self.acks: list[Ack] = []
        self.failure: Exception | None = None
        self.failed = ""  # the file of it
        self.gives_up = float("inf")

    def send(self, files: list[Path], ids: list[str]) -> None:
        """Send files up to the first that gets no place: `failed` then, and `failure` says why."""
        for path, correlation_id in zip(files, ids, strict=True):
            value = read(path)
            while self.underway and self.bytes_underway() + len(value) > MAX_BYTES_UNDERWAY:
                self.settle()
            if self.failure:
                break
            self.hand_over(path, value, correlation_id)
        while self.underway:
            self.settle()

    def bytes_underway(self) -> int:
        return sum(told["bytes"] for told, *_ in self.underway)

    def hand_over(self, path: Path, value: bytes, correlation_id: str) -> None:
        from kafka.errors import KafkaError

        digest = hashlib.sha256(value).hexdigest()
        told = {"file": str(path), "bytes": len(value), "sha256": digest, "correlation_id": correlation_id}
        record = {"value": value, "headers": headers(self.args, path, digest, correlation_id)}
        try:
            self.underway.append((told, self.producer.send(self.args.topic, **record), self.handed_over))
        except KafkaError as error:
            self.failure, self.failed = error, str(path)
        self.handed_over = time.monotonic()

    def settle(self) -> None:
        """Wait for the oldest record under way. After a failure all that are left share one time-out."""
        from kafka.errors import KafkaError

        bound = self.args.timeout + self.bytes_underway() / BYTES_A_SECOND
        told, future, handed_over = self.underway.popleft()
        try:
            ack = future.get(max(0.0, min(bound, self.gives_up - time.monotonic())))
        except KafkaError as error:
            if not self.failure:
                self.failure, self.failed = error, told["file"]
                self.gives_up = time.monotonic() + self.args.timeout
            return
        seconds = round(time.monotonic() - handed_over, 3)
        place = {"topic": ack.topic, "partition": ack.partition, "offset": ack.offset}
        print(json.dumps({"file": told.pop("file"), **place, **told, "seconds": seconds}), flush=True)
        self.acks.append(Ack(ack.partition, ack.offset, told["bytes"]))
        if (now := time.monotonic()) - self.shown >= PROGRESS_EVERY:
            self.shown = now
            say(f"{len(self.acks)} of {self.total} acknowledged, {len(self.acks) / (now - self.started):.0f} a second")

    def tell(self) -> None:
        """The last line: what was acknowledged in all, and where it lies."""
        places = []
        for partition in sorted({ack.partition for ack in self.acks}):
            offsets = [ack.offset for ack in self.acks if ack.partition == partition]
            some = f"offset {offsets[0]}" if len(offsets) == 1 else f"offsets {min(offsets)} to {max(offsets)}"
            places.append(f"{len(offsets)} in partition {partition} at {some}")
        size = sum(ack.size for ack in self.acks)
        summed = f"acknowledged {len(self.acks)} of {self.total}, {size} bytes, in topic {self.args.topic}"
        say(": ".join([summed, ", ".join(places)]) if places else summed)


def told_failure(args: argparse.Namespace, error: Exception, cause: LastLoss) -> str:
    """What kept a record from its place, and what to do."""
    at = f"topic {args.topic} at {','.join(args.brokers)}"
    name = type(error).__name__
    if meaning := RECORD_ERRORS.get(name):
        return f"{at} {meaning.format(who=who(args))}"
    return f"{at}: {name}: {error}" + (f" ({cause.reason})" if cause.reason else "")


def send(args: argparse.Namespace, files: list[Path], cause: LastLoss) -> None:
    from kafka.errors import KafkaError

    started = time.monotonic()
    producer = connect(args, cause)
    sender = Sender(args, producer, len(files), started)
    try:
        sender.send(files, args.correlation_id or [str(uuid.uuid4()) for _ in files])
        if sender.failure:
            say(f"{sender.failed} is not acknowledged: {told_failure(args, sender.failure, cause)}")
    except KeyboardInterrupt:
        say("interrupted: what is under way may be there or not")
    finally:
        sender.tell()
        # What is acknowledged is told; of what is not, the client says once more that it did not come in time.
        with suppress(KafkaError):
            producer.close(timeout=0 if len(sender.acks) < len(files) else args.timeout)
    if len(sender.acks) < len(files):
        # The client, which ends with this function, would say it once more: with a traceback.
        sys.unraisablehook = lambda _: None
        sys.exit(1)


def main() -> None:
    args = parse_arguments()
    check_command_line(args)
    files = pictures(args)
    if importlib.util.find_spec("kafka") is None:
        fail("the Kafka client is missing: pip install kafka-python")
    cause = LastLoss(args, threading.Event())
    client_log = logging.getLogger("kafka")
    client_log.addHandler(cause)
    client_log.propagate = False
    send(args, files, cause)


if __name__ == "__main__":
    main()
