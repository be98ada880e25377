"""Classify pictures of Kafka topics as they come; what both models say goes to other topics.

  catdog stream                               until it is told to end: SIGTERM, or Ctrl-C
  catdog stream --predictions rhte.predictions --group rhte.stream
  catdog stream --topic rhte-anna rhte-bert --group class --wait-for-topics

Kafka's address, topic and certificates come from the environment, as for `catdog receive`; KAFKA_TOPIC may name several
topics, with commas between. Predictions go to those that KAFKA_PREDICTIONS_TOPIC names in the same order, else to the
name of the pictures' topic with `-predictions`; the consumer group is KAFKA_GROUP, else, for one topic, its name with
`.stream`. All topics must exist; with --wait-for-topics one that does not, or is not allowed, is left out until it can
be used, and the others are served.

Every record gets a prediction at least once, under the key TOPIC/PARTITION/OFFSET; one that is no picture gets an error
record. Several that run in one group share the topics' partitions. A model whose files change is taken up. Over HTTP
it answers /healthz, /readyz and /metrics; standard output is its log, a line of JSON a batch.

Exit code 0 when it was told to end, 1 if Kafka does not allow what it does, 2 if a topic or the well trained model is
not there. Brokers that do not answer are waited for.
"""

from __future__ import annotations

import argparse
import signal
import threading

from catdog.arguments import whole_number
from catdog.kafka.settings import KafkaSettings
from catdog.streaming.settings import DEFAULT_BATCH, StreamSettings

DEFAULT_PORT = 8081
MOST_IN_A_BATCH = 256


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `catdog stream`."""
    parser.add_argument("--topic", nargs="+", action="extend", default=[], metavar="TOPIC",
                        help="topics of pictures")  # fmt: skip
    parser.add_argument("--predictions", nargs="+", action="extend", default=[], metavar="TOPIC",
                        help="topics that predictions go to, in the order of those of pictures")  # fmt: skip
    parser.add_argument("--wait-for-topics", action="store_true",
                        help="leave out topics that are missing or not allowed until they can be used")  # fmt: skip
    parser.add_argument("--group", help="consumer group that shares the pictures")
    parser.add_argument("--batch", type=whole_number(1, MOST_IN_A_BATCH), default=DEFAULT_BATCH, metavar="N",
                        help=f"pictures that are classified together at most (default {DEFAULT_BATCH})")  # fmt: skip
    parser.add_argument("--address", default="0.0.0.0", help="where probes are answered (default: everywhere)")
    parser.add_argument("--port", type=whole_number(0, 65535), default=DEFAULT_PORT,
                        help=f"port for probes, 0 for any (default {DEFAULT_PORT})")  # fmt: skip
    parser.add_argument("--log-level", choices=("debug", "info", "warning", "error"), default="info",
                        help="least of what is logged (default info)")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Stream until a signal; 0."""
    kafka = KafkaSettings.from_environment(topic=",".join(args.topic))
    settings = StreamSettings.of(kafka, args.predictions, args.group, args.batch, args.wait_for_topics)
    from catdog.streaming.assembly import stream

    ended = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: ended.set())
    stream(settings, args.address, args.port, args.log_level, ended)
    return 0
