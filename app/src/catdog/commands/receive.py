"""Read pictures from Kafka and classify each with both models.

Kafka's address, topic and CA come from the environment: KAFKA_BOOTSTRAP_SERVERS, KAFKA_TOPIC,
KAFKA_SECURITY_PROTOCOL (PLAINTEXT or SSL), KAFKA_SSL_CAFILE, and for brokers that want a client certificate
KAFKA_SSL_CERTFILE and KAFKA_SSL_KEYFILE. The notebook's pod has them.

  catdog receive                              every picture that is in the topic
  catdog receive --newest 1                   the last one
  catdog receive --count 3 --timeout 60       three, waiting for them if need be
  catdog receive --correlation-id ID --json   the one that was sent with this id, as a JSON line

A record that is no picture is told as such, with topic, partition, offset and reason, and the next one is read.
Exit code 0 if all that was asked for came, 1 if Kafka does not allow to read the topic, else 2.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from catdog import diary
from catdog.arguments import seconds, whole_number
from catdog.errors import KafkaError
from catdog.kafka.settings import KafkaSettings

if TYPE_CHECKING:
    from catdog.answers import RecordAnswer

DEFAULT_TIMEOUT = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `catdog receive`."""
    parser.add_argument(
        "--correlation-id",
        nargs="+",
        action="extend",
        default=[],
        metavar="ID",
        help="only the records that were sent with these ids; ends when each has come",
    )
    parser.add_argument("--count", type=whole_number(1), metavar="N", help="end after N pictures")
    parser.add_argument(
        "--timeout",
        type=seconds(0.1, 3600),
        default=DEFAULT_TIMEOUT,
        metavar="SECONDS",
        help=f"how long to wait for what was asked for (default {DEFAULT_TIMEOUT})",
    )
    start = parser.add_mutually_exclusive_group()
    start.add_argument(
        "--from-offset",
        nargs="+",
        action="extend",
        type=_position,
        default=[],
        metavar="P:O",
        help="begin at offset O of partition P (default: the oldest record)",
    )
    start.add_argument("--newest", type=whole_number(1), metavar="N", help="begin N records before the end")
    parser.add_argument("--json", action="store_true", help="one JSON line a record")


def run(args: argparse.Namespace) -> int:
    """Receive; 0 when all that was asked for came."""
    from catdog.answers import answer
    from catdog.kafka.reader import PictureReader

    settings = KafkaSettings.from_environment()
    with PictureReader(settings) as reader:
        if args.from_offset:
            reader.from_offsets(dict(args.from_offset))
        elif args.newest:
            reader.from_newest(args.newest)
        # Only now, because it takes seconds: settings that are wrong are told at once.
        from catdog.tensorflow_startup import start_tensorflow

        start_tensorflow()
        from catdog.models.classifier import load_both

        classifiers = load_both()
        seen: list[str | None] = []
        classified = 0
        for record in _asked_for(reader, args):
            seen.append(record.correlation_id)
            result = answer(record, classifiers)
            classified += result.classified is not None
            print(json.dumps(result.as_dict()) if args.json else _format(result), flush=True)
    diary.note(diary.CLASSIFIED, classified)
    _check_all_came(seen, args, settings)
    return 0


def _asked_for(reader: Any, args: argparse.Namespace) -> Iterator[Any]:
    from catdog.kafka.reader import wanted

    if args.correlation_id:
        return wanted(reader.records(args.timeout), args.correlation_id)
    if args.count:
        return islice(reader.records(args.timeout), args.count)
    return reader.records(args.timeout, until_end=True)


def _check_all_came(seen: list[str | None], args: argparse.Namespace, settings: KafkaSettings) -> None:
    missing = [asked for asked in dict.fromkeys(args.correlation_id) if asked not in seen]
    if missing:
        raise KafkaError(
            f"{settings}: no record came within {args.timeout:g} s for correlation id "
            f"{', '.join(missing)}: was it sent to this topic?"
        )
    if args.count and not args.correlation_id and len(seen) < args.count:
        raise KafkaError(f"{settings}: {len(seen)} of {args.count} pictures came within {args.timeout:g} s")


def _format(result: RecordAnswer) -> str:
    where = f"{result.record}: {result.name}"
    if result.classified is None:
        return f"{where}: not classified: {result.reason}"
    said = (f"{one.model} model: {one.label} ({one.confidence:.0%})" for one in result.classified.answers)
    return f"{where}: {'; '.join(said)}"


def _position(text: str) -> tuple[int, int]:
    partition, separator, offset = text.partition(":")
    if not separator or not partition.isdigit() or not offset.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r}: give PARTITION:OFFSET, as in 0:42")
    return int(partition), int(offset)
