"""Load labelled pictures from a Kafka topic, object storage or the notebook's image into a folder to train on.

  catdog load --from-kafka T --out data                    what `catdog send-training` has sent to topic T
  catdog load --from-kafka T --group T.load --out data     several at once share the work
  catdog load --from-s3 s3://bucket/prefix --out data      what `catdog store` has stored
  catdog load --from-image --out data                      the photos that lie in the notebook's image

DIR gets training/{cat,dog}, validation/{cat,dog}, photos.json (how many) and left_out.txt (what was not taken, and why:
no label, no split, bytes with another SHA-256). `catdog prepare` is for photos whose class and use are yet to be found
out; here the sender has said both, and each picture comes back byte for byte. Of a topic all is read that it holds when
the load begins. Kafka's address and certificates come from the environment as for `catdog receive`; for object storage
see `catdog store --help`. Until all are there, DIR/unfinished holds what has come, and no training takes DIR; the same
command goes on from there. Given again later, it adds what is new. Of the image's photos DIR gets links, which take no
room; of {cat,dog} a fifth validates. Given again in a notebook with another image, it has the photos of that one.
Exit code 0 when all is there, 1 if it may not be read, else 2.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from catdog.errors import DataError, InputError
from catdog.progress import ProgressLines

if TYPE_CHECKING:
    from catdog.data.photos import Summary


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `catdog load`."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--from-kafka", metavar="T", help="topic with labelled pictures")
    source.add_argument("--from-s3", metavar="s3://BUCKET/PREFIX", help="bucket with labelled pictures")
    source.add_argument("--from-image", action="store_true", help="photos that lie in this notebook's image")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to; made if missing")
    parser.add_argument("--group", metavar="NAME",
                        help="consumer group whose readers share the topic's partitions")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Load; 0 when all are there."""
    from catdog.data.left_out import LEFT_OUT

    if args.group and not args.from_kafka:
        raise InputError("--group is for --from-kafka: leave it out")
    load = _from_kafka if args.from_kafka else _from_s3 if args.from_s3 else _from_image
    summary = load(args, ProgressLines(to_stderr=True))
    for split, classes in summary.photos.items():
        print(f"{split}: {classes['cat']} cats, {classes['dog']} dogs")
    if summary.left_out:
        print(f"{summary.left_out} were left out: {args.out / LEFT_OUT} says why")
    print(f"{summary.count} pictures are in {args.out}")
    return 0


def _from_kafka(args: argparse.Namespace, lines: ProgressLines) -> Summary:
    from catdog.kafka.settings import KafkaSettings
    from catdog.transfer.from_topic import load_topic

    settings = KafkaSettings.from_environment(topic=args.from_kafka)
    return load_topic(settings, args.out, args.group, lambda done, of: lines.passing(f"{done} of {of} records read"))


def _from_s3(args: argparse.Namespace, lines: ProgressLines) -> Summary:
    from catdog.s3.address import BucketAddress
    from catdog.s3.bucket import Bucket
    from catdog.transfer.from_bucket import load_bucket

    return load_bucket(
        Bucket(BucketAddress.parse(args.from_s3)), args.out,
        lambda done, of: lines.passing(f"{done} of {of} objects taken"),
    )  # fmt: skip


def _from_image(args: argparse.Namespace, lines: ProgressLines) -> Summary:
    from catdog.transfer.from_image import NO_PHOTOS, image_folder, load_image

    if not (folder := image_folder()):
        raise DataError(NO_PHOTOS)
    return load_image(folder, args.out, lambda done, of: lines.passing(f"{done} of {of} photos read"))
