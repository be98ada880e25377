"""Send a folder of labelled pictures to a Kafka topic, to be loaded and trained on elsewhere.

  catdog send-training DIR --topic T     DIR/{training,validation}/{cat,dog}, or DIR/{cat,dog}: a fifth validates

Brokers and certificates come from the environment, as for `catdog receive`. Each picture is a record: its bytes, the
headers label, split, file-name, content-type, sha256, correlation-id, and split/label/name as its key. What the brokers
have acknowledged is kept in ~/.catdog/sent: the same command, given again after an interruption or when DIR has got
more, sends only the others. Pictures are sent as they are, not decoded: `catdog train` leaves out what is none.
Exit code 0 when all pictures are in the topic, 1 if Kafka does not allow to write to it, else 2.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from catdog.kafka.settings import KafkaSettings
from catdog.progress import ProgressLines


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `catdog send-training`."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder with {training,validation}/{cat,dog}")
    parser.add_argument("--topic", metavar="T", help="topic to send to, which has to exist (default: KAFKA_TOPIC)")


def run(args: argparse.Namespace) -> int:
    """Send; 0 when all are acknowledged."""
    from catdog.transfer.sending import told
    from catdog.transfer.to_topic import send_folder

    settings, lines = KafkaSettings.from_environment(topic=args.topic), ProgressLines(to_stderr=True)
    with told(lines, "acknowledged", str(settings)) as started:
        send_folder(
            settings, args.folder,
            lambda done, of: lines.passing(f"{done} of {of} pictures read"),
            lambda done, of: lines.passing(f"{done} of {of} pictures acknowledged"),
            started,
        )  # fmt: skip
    return 0
