#!/usr/bin/env python3
"""Send pictures to a Kafka topic, each file's bytes as one record.

    python3 kafka_producer.py --brokers HOST:PORT[,HOST:PORT] --file dog.jpg --use-tls --ca-file ca.crt

Brokers that let nobody in without a client certificate want `--cert-file user.crt --key-file user.key` too.
Needs Python 3.10 or later and `pip install kafka-python`, nothing else of this project. For each file one JSON line is
printed once the broker has acknowledged it: file, topic, partition, offset, bytes, sha256, correlation_id, seconds.
Exit code 0 if all were acknowledged; else 1 with one line that says what was wrong. No file is sent if any is unfit.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import mimetypes
import ssl
import sys
import time
import uuid
from pathlib import Path
from typing import NoReturn

# max.message.bytes of the lab's topic. A record is the picture and a few hundred bytes of headers.
MAX_MESSAGE_BYTES = 10 * 1024 * 1024
ROOM_FOR_HEADERS = 4096
MAX_PICTURE_BYTES = MAX_MESSAGE_BYTES - ROOM_FOR_HEADERS


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
# A part of the client's reason, and what to do about it.
HINTS = {
    **dict.fromkeys(
        OF_OUR_CERTIFICATE, "the broker does not trust the certificate of --cert-file: ask for a valid one"
    ),
    "CERTIFICATE_VERIFY_FAILED": "give the brokers' CA with --ca-file, and an address that their certificate names",
    "Invalid frame length": "the broker talks TLS here: add --use-tls",
    "UNEXPECTED_EOF": "the broker talks no TLS here: leave --use-tls out, or take its TLS listener",
    "WRONG_VERSION": "the broker talks no TLS here: leave --use-tls out, or take its TLS listener",
    "REFUSED": "nothing listens there",
    "DNS": "the host's name is unknown here",
}
# Kafka's error codes of a topic, and what they mean.
TOPIC_ERRORS = {
    3: "does not exist: create it first, or look at its name",
    17: "is no name that Kafka allows: use up to 249 of the letters a-z, A-Z, 0-9, ., _ and -",
    29: "may not be seen by this client: it needs the right to Describe and Write",
}


class LastLoss(logging.Handler):
    """Keeps why the client's last connection was lost: its exceptions say only that time is up."""

    reason = ""

    def __init__(self, args: argparse.Namespace) -> None:
        super().__init__()
        self.without_certificate = args.use_tls and not args.cert_file

    def emit(self, record: logging.LogRecord) -> None:
        _, lost, reason = record.getMessage().partition("Connection lost: ")
        hung_up = any(part in reason for part in HUNG_UP)
        if lost and not (hung_up and self.reason):
            hint = self.hint(reason, hung_up)
            self.reason = f"{reason}; {hint}" if hint else reason

    def hint(self, reason: str, hung_up: bool) -> str:
        wants_ours = "the broker wants a client certificate: give --cert-file and --key-file"
        if self.without_certificate and any(part in reason for part in OF_OUR_CERTIFICATE):
            return wants_ours
        if hung_up:
            return "the broker hangs up: it may still be starting" + (
                f", or {wants_ours}" if self.without_certificate else ", or it wants a login"
            )
        return next((hint for part, hint in HINTS.items() if part in reason), "")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brokers", required=True, help="host:port of one broker or more, with commas between")
    parser.add_argument("--file", required=True, nargs="+", type=Path, help="picture to send, or several")
    parser.add_argument("--topic", default="rhte", help="topic to send to (default rhte)")
    parser.add_argument("--use-tls", action="store_true", help="talk TLS to the brokers")
    parser.add_argument("--skip-tls-verify", action="store_true", help="accept any certificate (never outside a lab)")
    parser.add_argument("--ca-file", type=Path, help="certificate of the brokers' CA (PEM); default: the system's CAs")
    parser.add_argument("--cert-file", type=Path, help="your client certificate (PEM), if the brokers want one")
    parser.add_argument("--key-file", type=Path, help="its key (PEM, without a passphrase)")
    parser.add_argument(
        "--correlation-id",
        nargs="+",
        default=[],
        metavar="ID",
        help="header to know a record again by, one a file (default: a new one each)",
    )
    parser.add_argument("--sent-by", metavar="NAME", help="header that says who sends, for what is not sent by hand")
    parser.add_argument("--timeout", type=float, default=30, metavar="SECONDS", help="bound for each step (default 30)")
    return parser.parse_args()


def fail(message: str) -> NoReturn:
    print(f"kafka_producer: {message}", file=sys.stderr)
    sys.exit(1)


def check(args: argparse.Namespace) -> None:
    """Refuse what cannot work before anything is sent."""
    args.brokers = [broker.strip() for broker in args.brokers.split(",") if broker.strip()]
    if not args.brokers:
        fail("--brokers names no broker: give host:port, with commas between several")
    for broker in args.brokers:
        host, _, port = broker.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            fail(f"--brokers has {broker!r}: give host:port, with commas between several")
    if args.correlation_id and len(args.correlation_id) != len(args.file):
        fail(f"{len(args.correlation_id)} correlation ids for {len(args.file)} files: give one a file, or none")
    if args.timeout <= 0:
        fail(f"--timeout {args.timeout:g}: give more than 0 seconds")
    if not args.use_tls and (args.skip_tls_verify or args.ca_file or args.cert_file or args.key_file):
        fail("--skip-tls-verify, --ca-file, --cert-file and --key-file are for TLS: add --use-tls")
    if args.ca_file and not args.ca_file.is_file():
        fail(f"--ca-file {args.ca_file} is no file: save the cluster's ca.crt there")
    if bool(args.cert_file) != bool(args.key_file):
        fail("--cert-file and --key-file belong together: give both, or none")
    for flag, path in (("--cert-file", args.cert_file), ("--key-file", args.key_file)):
        if path and not path.is_file():
            fail(f"{flag} {path} is no file: save your client certificate and its key, and name them here")
    for path in args.file:
        if not path.is_file():
            fail(f"{path} is no file")
        size = path.stat().st_size
        if size == 0:
            fail(f"{path} is empty: there is nothing to send")
        if size > MAX_PICTURE_BYTES:
            fail(
                f"{path} has {size} bytes, more than the {MAX_PICTURE_BYTES} that fit into a record of 10 MiB: "
                "make the picture smaller"
            )


def load_certificate(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
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


def tls_options(args: argparse.Namespace) -> dict:
    if not args.use_tls:
        return {"security_protocol": "PLAINTEXT"}
    try:
        context = ssl.create_default_context(cafile=args.ca_file)
    except ssl.SSLError as error:
        fail(f"--ca-file {args.ca_file} holds no certificate in PEM format: {error}")
    if args.cert_file:
        load_certificate(context, args.cert_file, args.key_file)
    if args.skip_tls_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return {"security_protocol": "SSL", "ssl_context": context, "ssl_check_hostname": not args.skip_tls_verify}


def headers(path: Path, value: bytes, correlation_id: str, sent_by: str | None) -> list[tuple[str, bytes]]:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    named = {
        "file-name": path.name,
        "content-type": kind,
        "correlation-id": correlation_id,
        "sha256": hashlib.sha256(value).hexdigest(),
    }
    if sent_by:
        named["sent-by"] = sent_by
    return [(key, text.encode()) for key, text in named.items()]


def check_topic(connection: dict, topic: str, at: str) -> None:
    """Ask for the topic in a way that no broker creates it: what KafkaProducer asks would have some do so."""
    from kafka.admin import KafkaAdminClient

    admin = KafkaAdminClient(**connection)
    try:
        (found,) = admin.describe_topics([topic])
    finally:
        admin.close()
    if reason := TOPIC_ERRORS.get(found["error_code"]):
        fail(f"topic {topic} at {at} {reason}")


def send(args: argparse.Namespace, cause: LastLoss) -> None:
    try:
        from kafka import KafkaProducer
        from kafka.errors import KafkaError
    except ImportError:
        fail("the Kafka client is missing: pip install kafka-python")
    bound = round(args.timeout * 1000)
    brokers = ",".join(args.brokers)
    started = time.monotonic()
    connection = {
        "bootstrap_servers": args.brokers,
        "bootstrap_timeout_ms": bound,
        "request_timeout_ms": bound,
        **tls_options(args),
    }
    try:
        check_topic(connection, args.topic, brokers)
        producer = KafkaProducer(
            acks="all",
            max_request_size=MAX_MESSAGE_BYTES,
            max_block_ms=bound,
            delivery_timeout_ms=bound + 1000,
            **connection,
        )
    except KafkaError as error:
        fail(f"no broker of {brokers} answers within {args.timeout:g} s: {cause.reason or error}")
    ids = args.correlation_id or [str(uuid.uuid4()) for _ in args.file]
    try:
        for path, correlation_id in zip(args.file, ids, strict=True):
            value = path.read_bytes()
            record = {"value": value, "headers": headers(path, value, correlation_id, args.sent_by)}
            ack = producer.send(args.topic, **record).get(args.timeout)
            told = {
                "file": str(path),
                "topic": ack.topic,
                "partition": ack.partition,
                "offset": ack.offset,
                "bytes": len(value),
                "sha256": hashlib.sha256(value).hexdigest(),
                "correlation_id": correlation_id,
                "seconds": round(time.monotonic() - started, 3),
            }
            print(json.dumps(told), flush=True)
            started = time.monotonic()
    except KafkaError as error:
        fail(
            f"topic {args.topic} at {brokers}: {type(error).__name__}: {error}"
            + (f" ({cause.reason})" if cause.reason else "")
        )
    finally:
        producer.close(timeout=args.timeout)


def main() -> None:
    args = parse_arguments()
    check(args)
    cause = LastLoss(args)
    client_log = logging.getLogger("kafka")
    client_log.addHandler(cause)
    client_log.propagate = False
    send(args, cause)


if __name__ == "__main__":
    main()
