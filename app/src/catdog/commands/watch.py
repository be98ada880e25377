"""Show what `catdog stream` says of the pictures, as they come.

  catdog watch                                each new prediction in a line, until Ctrl-C
  catdog watch --newest 20                    and of each partition the 20 before
  catdog watch --serve 8090                   and a page with the last pictures and how often each model was right
  catdog watch --correlation-id ID --json     the one of this picture, as a JSON line; then it ends

Kafka's address, topic and certificates come from the environment, as for `catdog receive`; predictions are in the
topic that KAFKA_PREDICTIONS_TOPIC names, else in the pictures' topic's name with `-predictions`. What a picture shows
is known by its header `label`, or where its file's name begins with cat or dog. What comes twice is shown once.
Exit code 0 if all that was asked for came, 1 if Kafka does not allow to read a topic, else 2.
"""

from __future__ import annotations

import argparse
import json
import math
from contextlib import ExitStack
from typing import TYPE_CHECKING

from catdog.arguments import seconds, whole_number
from catdog.errors import KafkaError
from catdog.kafka.settings import KafkaSettings
from catdog.streaming.settings import predictions_topic

if TYPE_CHECKING:
    from catdog.streaming.prediction import Prediction
    from catdog.watching.wall import Wall

DEFAULT_TIMEOUT = 30
SHOWN = 24
SIDE = 240


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `catdog watch`."""
    parser.add_argument("--predictions", metavar="TOPIC", help="topic that predictions are in")
    parser.add_argument("--newest", type=whole_number(0), default=0, metavar="N",
                        help="begin N predictions before the end of each partition (default 0)")  # fmt: skip
    parser.add_argument("--correlation-id", nargs="+", action="extend", default=[], metavar="ID",
                        help="only those of pictures sent with these ids; ends when each has come")  # fmt: skip
    parser.add_argument("--timeout", type=seconds(0.1, 3600), default=DEFAULT_TIMEOUT, metavar="SECONDS",
                        help=f"how long to wait for those (default {DEFAULT_TIMEOUT})")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON line a prediction, as it is in the topic")
    parser.add_argument("--serve", type=whole_number(0, 65535), metavar="PORT",
                        help="also serve a page with the last pictures, 0 for any port")  # fmt: skip
    parser.add_argument("--address", default="127.0.0.1", help="where the page is served (default: this machine only)")
    parser.add_argument("--show", type=whole_number(1, 200), default=SHOWN, metavar="N",
                        help=f"pictures on the page (default {SHOWN})")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Watch; 0 when all that was asked for came."""
    settings = KafkaSettings.from_environment()
    topic = predictions_topic(settings, args.predictions)
    from catdog.watching.feed import PictureLookup, PredictionFeed
    from catdog.watching.wall import Wall

    wall, pictures, missing = Wall(args.show), None, set(args.correlation_id)
    with ExitStack() as opened:
        feed = opened.enter_context(PredictionFeed(settings, topic))
        if args.serve is not None:
            from catdog.watching.server import served

            pictures = PictureLookup(settings)
            opened.callback(pictures.close)
            port = opened.enter_context(served(args.address, args.serve, wall))
            print(f"http://{args.address}:{port}/", flush=True)
        # Those that are asked for may have come before we did.
        newest = None if missing else args.newest
        for prediction in feed.predictions(newest, args.timeout if missing else math.inf):
            if missing and prediction.correlation_id not in missing:
                continue
            jpeg = pictures.small(prediction, SIDE) if pictures else None
            if wall.add(prediction, jpeg):
                print(json.dumps(prediction.as_dict()) if args.json else _line(prediction, wall), flush=True)
            missing.discard(prediction.correlation_id or "")
            if args.correlation_id and not missing:
                return 0
    raise KafkaError(
        f"{settings}: no prediction came into {topic} within {args.timeout:g} s for correlation id "
        f"{', '.join(sorted(missing))}: was it sent to this topic, and does `catdog stream` run?"
    )


def _line(prediction: Prediction, wall: Wall) -> str:
    where = f"{prediction.identity}: {prediction.name}"
    if prediction.reason:
        return f"{where}: not classified: {prediction.reason}"
    said = "; ".join(f"{one.model} model: {one.label} ({one.confidence:.0%})" for one in prediction.answers)
    without = "".join(f"; no {name} model" for name in prediction.absent)
    return f"{where}: {said}{without}" + (f" [{wall.scores()}]" if prediction.expected else "")
