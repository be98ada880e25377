"""Where pictures lie in object storage: s3://BUCKET/PREFIX."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catdog.errors import InputError

_ADDRESS = re.compile(r"s3://([a-zA-Z0-9._-]{3,255})(?:/(.*))?")


@dataclass(frozen=True)
class BucketAddress:
    """A bucket, and what the keys in it begin with: empty, or without a slash at its ends."""

    bucket: str
    prefix: str

    @classmethod
    def parse(cls, text: str) -> BucketAddress:
        """Raises InputError for what is no address."""
        found = _ADDRESS.fullmatch(text)
        if not found:
            raise InputError(f"{text!r} is no address of object storage: give s3://BUCKET or s3://BUCKET/PREFIX")
        return cls(found[1], (found[2] or "").strip("/"))

    @property
    def start(self) -> str:
        """What the keys of all objects below it begin with."""
        return f"{self.prefix}/" if self.prefix else ""

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")
