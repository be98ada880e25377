"""What hosts, paths, certificates and time-outs must be like: they reach HAProxy's configuration."""

import re
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from ..model import RefusalError

LONGEST_HOST, LONGEST_LABEL = 253, 63
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
# Letters that neither HAProxy's configuration nor its patterns read as anything else.
PATH = re.compile(r"/[A-Za-z0-9._~+,;:=@%/-]*")
TIMEOUT = re.compile(r"[1-9][0-9]{0,8}(us|ms|s|m|h|d)?")


def invalid(field: str, message: str) -> RefusalError:
    """The refusal of a field, as OpenShift's extended validation gives it."""
    return RefusalError("ExtendedValidationFailed", f"{field}: {message}")


def check_host(host: str) -> str:
    """The host in lower case. Raises RefusalError where it is no host name."""
    host = host.lower()
    if len(host) > LONGEST_HOST:
        raise RefusalError(
            "InvalidHost", f"spec.host: '{host}' has {len(host)} letters, at most {LONGEST_HOST} are allowed"
        )
    for label in host.split("."):
        if len(label) > LONGEST_LABEL:
            what = f"'{label}' has {len(label)} letters, at most {LONGEST_LABEL} are allowed between two dots"
            raise RefusalError("InvalidHost", f"spec.host: {what}; set a shorter spec.host")
        if not LABEL.fullmatch(label):
            what = f"'{host}' is no host name: '{label}' is not made of letters, digits and dashes inside"
            raise RefusalError("InvalidHost", f"spec.host: {what}")
    return host


def check_path(path: str, field: str = "spec.path") -> str:
    """The path without a slash at its end. Raises RefusalError where it cannot be matched."""
    if not PATH.fullmatch(path):
        what = f"'{path}' does not begin with / or has other than letters, digits and . _ ~ + , ; : = @ % -"
        raise invalid(field, f"{what}, which this router does not support")
    return path.rstrip("/") or "/"


def check_timeout(value: str) -> str:
    """A time-out as HAProxy has it. Raises RefusalError for anything else."""
    if value and not TIMEOUT.fullmatch(value):
        message = f"'{value}' is no time such as 30s, 5m or 1h"
        raise invalid("metadata.annotations[haproxy.router.openshift.io/timeout]", message)
    return value


@lru_cache(maxsize=1024)
def problem_of(key: bytes, certificates: bytes) -> str:
    """Why a private key and its certificate (PEM, first of a chain) cannot be used; empty where they can."""
    try:
        chain = x509.load_pem_x509_certificates(certificates)
        # Public keys compare as bytes: not every kind of key can be compared itself.
        loaded = serialization.load_pem_private_key(key, password=None).public_key()
        encodings = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        fits = loaded.public_bytes(*encodings) == chain[0].public_key().public_bytes(*encodings)
    except Exception as error:  # whatever a parser makes of what somebody wrote
        # Not its words: they may quote what it read.
        return (
            f"certificate or private key cannot be read ({type(error).__name__}): use PEM, and a key without a password"
        )
    return "" if fits else "the private key is not the certificate's"


def check_certificate(key: str, certificate: str, authority: str = "", field: str = "spec.tls") -> bytes:
    """PEM of key, certificate and authorities, as HAProxy reads it; empty without any. Raises RefusalError."""
    if not key and not certificate:
        return b""
    if not key or not certificate:
        lacking = "key" if not key else "certificate"
        raise invalid(field, f"{lacking} is missing: a certificate and its key go together")
    parts = [text.strip().encode() + b"\n" for text in (key, certificate, authority) if text.strip()]
    if problem := problem_of(parts[0], b"".join(parts[1:])):
        raise invalid(field, problem)
    return b"".join(parts)


def check_authority(certificate: str) -> bytes:
    """PEM of the authority of a pod's certificate. Raises RefusalError where it is none."""
    pem = certificate.strip().encode() + b"\n"
    try:
        x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise invalid("spec.tls.destinationCACertificate", "is not a PEM certificate") from error
    return pem
