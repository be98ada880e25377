"""Why object storage failed, in an attendee's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import botocore.exceptions as failed
from boto3.exceptions import Boto3Error

from catdog.errors import InputError, StorageDeniedError, StorageError
from catdog.s3.address import BucketAddress

_AGAIN = "give the same command again: it goes on from what is done"
_KEYS = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
# The server's codes of a refusal, and what is to be done.
_DENIED = {
    "InvalidAccessKeyId": f"this access key is not known there: check {_KEYS}",
    "SignatureDoesNotMatch": f"the secret key is not that of this access key: check {_KEYS}",
    "AccessDenied": "not allowed with this access key: is the bucket yours?",
    "403": "not allowed with this access key: is the bucket yours?",
    "RequestTimeTooSkewed": "the clocks of this machine and the server differ: have them set",
}
_REFUSED = {
    "NoSuchBucket": "there is no such bucket: create it, or look at its name",
    "404": "there is no such bucket: create it, or look at its name",
    "InvalidBucketName": "is no name that a bucket may have",
    "QuotaExceeded": f"the bucket or its owner may hold no more: have the quota raised, then {_AGAIN}",
    "EntityTooLarge": f"the server takes nothing of this size; is it full? Ask who runs it, then {_AGAIN}",
    "BadDigest": f"the bytes were damaged on their way: {_AGAIN}",
    "PermanentRedirect": "the bucket is in another region: set AWS_REGION, or AWS_ENDPOINT_URL_S3 to another endpoint",
}


@contextmanager
def as_storage_error(address: BucketAddress, endpoint: str) -> Iterator[None]:
    """Turn the client's errors into StorageError. endpoint: the server's address, to be told."""
    where = f"{address} at {endpoint}"
    try:
        yield
    except failed.ClientError as error:
        raise _of_answer(where, error) from error
    except (failed.NoCredentialsError, failed.PartialCredentialsError) as error:
        raise InputError(f"{where}: no access key: set {_KEYS}, or AWS_SHARED_CREDENTIALS_FILE to a file") from error
    except failed.ParamValidationError as error:
        raise InputError(f"{where}: {' '.join(str(error).split())}") from error
    except failed.SSLError as error:
        raise StorageError(
            f"{where}: no TLS connection: {_reason(error)}; AWS_CA_BUNDLE must be the file of the certificate of the "
            "server's CA, and the address one that the server's certificate names"
        ) from error
    except (failed.EndpointConnectionError, failed.ConnectTimeoutError, failed.ProxyConnectionError) as error:
        raise StorageError(
            f"{where}: no server answers: {_reason(error)}; "
            f"check AWS_ENDPOINT_URL_S3 and that the server runs, then {_AGAIN}"
        ) from error
    except (failed.HTTPClientError, failed.IncompleteReadError) as error:
        raise StorageError(f"{where}: the connection was lost: {_reason(error)}; {_AGAIN}") from error
    except (failed.BotoCoreError, Boto3Error) as error:
        raise StorageError(f"{where}: {type(error).__name__}: {' '.join(str(error).split())}") from error


def _of_answer(where: str, error: failed.ClientError) -> StorageError:
    answer = error.response.get("Error", {})
    code, status = str(answer.get("Code", "")), error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    if code in _DENIED:
        return StorageDeniedError(f"{where}: {_DENIED[code]}")
    if code in _REFUSED:
        return StorageError(f"{where}: {_REFUSED[code]}")
    message = " ".join(str(answer.get("Message", "")).split())
    told = f"{where}: the server answers {status or ''} {code}{f': {message}' if message else ''}"
    return StorageError(f"{told}; {_AGAIN}" if (status or 0) >= 500 else told)


def _reason(error: Exception) -> str:
    """What went wrong below the client's own words, in one line."""
    inner = getattr(error, "kwargs", {}).get("error") or error
    text = " ".join(str(inner).split())
    return text if len(text) <= 200 else f"{text[:200]}…"
