"""Store a folder of labelled pictures in object storage (S3), to be loaded and trained on elsewhere.

  catdog store DIR s3://bucket/prefix     DIR/{training,validation}/{cat,dog}, or DIR/{cat,dog}: a fifth validates

Where and as whom comes from the environment, as for everything that speaks S3: AWS_ENDPOINT_URL_S3 (or
AWS_ENDPOINT_URL), AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_CA_BUNDLE (the file of the server's CA), or the files
that AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name. Each picture is an object, prefix/split/label/name, with its
SHA-256 in its metadata. The same command, given again after an interruption or when DIR has got more, stores only what
is not there; nothing is removed. Pictures are stored as they are, not decoded.
Exit code 0 when all pictures are stored, 1 if the keys are refused or not allowed to, else 2.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from catdog.progress import ProgressLines


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `catdog store`."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder with {training,validation}/{cat,dog}")
    parser.add_argument("address", metavar="s3://BUCKET/PREFIX", help="where to; the bucket has to exist")


def run(args: argparse.Namespace) -> int:
    """Store; 0 when all are there."""
    from catdog.s3.address import BucketAddress
    from catdog.s3.bucket import Bucket
    from catdog.transfer.sending import told
    from catdog.transfer.to_bucket import store_folder

    bucket, lines = Bucket(BucketAddress.parse(args.address)), ProgressLines(to_stderr=True)
    with told(lines, "stored", f"{bucket.address} at {bucket.endpoint}") as started:
        store_folder(
            bucket, args.folder,
            lambda done, of: lines.passing(f"{done} of {of} pictures read"),
            lambda done, of: lines.passing(f"{done} of {of} pictures are there"),
            started,
        )  # fmt: skip
    return 0
