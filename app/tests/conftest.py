"""What several tests need."""

import resource
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from catdog import diary
from local_kafka.nodes import LocalKafka
from local_kafka.program import MissingProgramError, find_program


@pytest.fixture(autouse=True)
def unnoted(monkeypatch):
    """What tests do is noted in nobody's diary; a test of the diary takes this back."""
    monkeypatch.setenv(diary.UNNOTED, "1")


@pytest.fixture
def noted(monkeypatch, tmp_path):
    """Lets entries be made, in a home folder of the test's own; then what was done, by its kind: how many pictures."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv(diary.UNNOTED)
    return lambda: {what: doing.pictures for what, doing in diary.read().items()}


@pytest.fixture
def files_of_at_most():
    """Stands for a full disk: within `with files_of_at_most(size)` no longer file can be written."""

    @contextmanager
    def limited(size: int):
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return limited


class Certificate(NamedTuple):
    """Files of a certificate and its key; `locked` is the same key with a passphrase."""

    certificate: Path
    key: Path
    locked: Path


@pytest.fixture(scope="session")
def certificate_of(tmp_path_factory):
    """Makes a self-signed certificate for 127.0.0.1: it is its own CA."""

    def make(name: str) -> Certificate:
        folder = tmp_path_factory.mktemp(name)
        files = Certificate(folder / "user.crt", folder / "user.key", folder / "locked.key")
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
            .sign(key, hashes.SHA256())
        )
        files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        for file, lock in (
            (files.key, serialization.NoEncryption()),
            (files.locked, serialization.BestAvailableEncryption(b"secret")),
        ):
            form = serialization.PrivateFormat.PKCS8
            file.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, lock))
        return files

    return make


@pytest.fixture(scope="session")
def anna(certificate_of):
    """A client's certificate."""
    return certificate_of("anna")


@pytest.fixture(scope="session")
def bert(certificate_of):
    """Another client's."""
    return certificate_of("bert")


@pytest.fixture(scope="module")
def start_kafka(tmp_path_factory):
    """Starts a real Kafka, by LocalKafka's arguments, which ends with the module; skips where there is none."""
    try:
        program = find_program()
    except MissingProgramError as missing:
        pytest.skip(str(missing))
    with ExitStack() as ends:
        yield lambda **given: ends.enter_context(LocalKafka(program, tmp_path_factory.mktemp("kafka"), **given))
