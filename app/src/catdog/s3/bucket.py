"""Objects of a bucket below a prefix: what is there, read and written with what they weigh and their checksums.

Endpoint, keys and CA come from where all that speak S3 have them: AWS_ENDPOINT_URL_S3 (or AWS_ENDPOINT_URL),
AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_CA_BUNDLE, or the files that AWS_CONFIG_FILE and
AWS_SHARED_CREDENTIALS_FILE name.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catdog.errors import InputError, StorageError
from catdog.s3.address import BucketAddress

# At once; each keeps a connection.
THREADS = 16
_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS = 5, 30, 4
_MD5 = re.compile(r"[0-9a-f]{32}")
_SHA256 = "sha256"


@dataclass(frozen=True)
class StoredObject:
    """An object that is there. name: its key after the address's prefix; etag: as the server has it, without quotes."""

    name: str
    size: int
    etag: str


class Bucket:
    """Objects below an address. Of any thread.

    Raises InputError where keys are missing, StorageDeniedError where they are not allowed what is asked, StorageError
    for a bucket that is not there, a server that does not answer or a connection that is lost.
    """

    def __init__(self, address: BucketAddress) -> None:
        try:
            import boto3
            from botocore.config import Config
        except ImportError:
            raise InputError("object storage needs a package that is missing here: pip install boto3") from None
        from catdog.s3.failures import as_storage_error

        self.address = address
        _check_ca_file()
        config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            max_pool_connections=THREADS,
            # radosgw's certificate names its host, not one for each bucket.
            s3={"addressing_style": "path"},
            # Newer checksums than MD5 are not known to every server: ours are compared here.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
        self._as_error = as_storage_error
        with as_storage_error(address, "its server"):
            try:
                self._client: Any = boto3.session.Session().client("s3", region_name=region, config=config)
            except ValueError as error:
                raise InputError(
                    f"AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL: {error}: give http(s)://HOST:PORT"
                ) from error
        self.endpoint = self._client.meta.endpoint_url

    def objects(self) -> Iterator[StoredObject]:
        """All that are there, by name."""
        with self._failing():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.address.bucket, Prefix=self.address.start
            )
            for page in pages:
                for one in page.get("Contents", []):
                    name = one["Key"].removeprefix(self.address.start)
                    yield StoredObject(name, one["Size"], one["ETag"].strip('"'))

    def put(self, name: str, data: bytes, content_type: str) -> None:
        """Write an object; the server refuses bytes that were damaged on their way."""
        md5 = hashlib.md5(data, usedforsecurity=False).digest()
        with self._failing():
            self._client.put_object(
                Bucket=self.address.bucket,
                Key=self.address.start + name,
                Body=data,
                ContentType=content_type,
                ContentMD5=base64.b64encode(md5).decode(),
                Metadata={_SHA256: hashlib.sha256(data).hexdigest()},
            )

    def get(self, one: StoredObject) -> bytes:
        """An object's bytes. Raises StorageError when they are not those that were written."""
        with self._failing():
            answer = self._client.get_object(Bucket=self.address.bucket, Key=self.address.start + one.name)
            data = answer["Body"].read()
        told = answer["Metadata"].get(_SHA256) or one.etag
        if len(data) != one.size or not _fits(told, data):
            raise StorageError(f"{self.address.start}{one.name}: its bytes are not those that were stored")
        return data

    def holds(self, one: StoredObject, data: bytes) -> bool:
        """Whether the object has just these bytes; the server is asked only where that cannot be told without."""
        if one.size != len(data):
            return False
        if _MD5.fullmatch(one.etag) and _fits(one.etag, data):
            return True
        with self._failing():
            found = self._client.head_object(Bucket=self.address.bucket, Key=self.address.start + one.name)
        return found["Metadata"].get(_SHA256) == hashlib.sha256(data).hexdigest()

    def remove(self, name: str) -> None:
        """Remove an object, if it is there."""
        with self._failing():
            self._client.delete_object(Bucket=self.address.bucket, Key=self.address.start + name)

    def _failing(self) -> Any:
        return self._as_error(self.address, self.endpoint)


def _fits(checksum: str, data: bytes) -> bool:
    """Whether the SHA-256 or MD5 is that of the bytes; another kind, as of an upload in parts, tells nothing."""
    if len(checksum) == 64:
        return checksum == hashlib.sha256(data).hexdigest()
    return not _MD5.fullmatch(checksum) or checksum == hashlib.md5(data, usedforsecurity=False).hexdigest()


def _check_ca_file() -> None:
    path = os.environ.get("AWS_CA_BUNDLE")
    if path and not Path(path).is_file():
        raise InputError(f"AWS_CA_BUNDLE names {path}, which is no file: have the certificate of the server's CA there")
