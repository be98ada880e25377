"""Certificate authorities and the certificates they issue, as PEM and PKCS12 bytes."""

import datetime
import ipaddress
import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALIDITY = datetime.timedelta(days=365)  # Strimzi's default for CAs and certificates
RENEWAL = datetime.timedelta(days=30)
ORGANIZATION = "io.strimzi"  # of every certificate but users'
BACKDATED = datetime.timedelta(minutes=5)  # clocks of clients differ


@dataclass(frozen=True)
class Identity:
    """A private key and its certificate, both PEM."""

    key: bytes
    certificate: bytes


def subject(common_name: str, organization: str | None = ORGANIZATION) -> x509.Name:
    """The names that Strimzi gives: its organization (users have none) and a common name."""
    names = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization)] if organization else []
    return x509.Name([*names, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def new_key() -> bytes:
    """A new RSA key, PKCS8 PEM (which Kafka reads)."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _load_key(key: bytes) -> rsa.RSAPrivateKey:
    loaded = serialization.load_pem_private_key(key, password=None)
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise ValueError(f"an RSA key is needed, not a {type(loaded).__name__}")
    return loaded


def _builder(name: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + VALIDITY)
    )


def self_signed_ca(common_name: str, key: bytes) -> bytes:
    """Certificate of a CA with this key."""
    private, name = _load_key(key), subject(common_name)
    certificate = (
        _builder(name, name, private)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .add_extension(_key_usage(is_ca=True), critical=True)
        .sign(private, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_usage(is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_ca,
        key_encipherment=not is_ca,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def general_name(name: str) -> x509.GeneralName:
    """An address as iPAddress, anything else as dNSName."""
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def issue(ca: Identity, common_name: str, names: Iterable[str], organization: str | None = ORGANIZATION) -> Identity:
    """A new key with a certificate for client and server, valid for the given host names and addresses."""
    issuer = x509.load_pem_x509_certificate(ca.certificate)
    key = new_key()
    private, signer = _load_key(key), _load_key(ca.key)
    builder = (
        _builder(subject(common_name, organization), issuer.subject, private)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=False)
        .add_extension(_key_usage(is_ca=False), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if general_names := [general_name(name) for name in dict.fromkeys(names)]:
        builder = builder.add_extension(x509.SubjectAlternativeName(general_names), critical=False)
    certificate = builder.sign(signer, hashes.SHA256())
    return Identity(key, certificate.public_bytes(serialization.Encoding.PEM))


@lru_cache(maxsize=1024)
def _fit_together(identity: Identity) -> bool:
    """Whether a key and a certificate belong to each other; remembered, since checking a key costs milliseconds."""
    try:
        certificate = x509.load_pem_x509_certificate(identity.certificate)
        return certificate.public_key() == _load_key(identity.key).public_key()
    except (ValueError, TypeError):  # whatever stands in an edited Secret, it is replaced
        return False


@lru_cache(maxsize=1024)
def _is_issued_by(certificate: bytes, ca: bytes) -> bool:
    try:
        issuer = x509.load_pem_x509_certificate(ca)
        x509.load_pem_x509_certificate(certificate).verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def is_usable(identity: Identity, ca: bytes, names: Iterable[str]) -> bool:
    """Whether a certificate is this CA's, for exactly these names, fits its key and is not about to end."""
    if not (_fit_together(identity) and _is_issued_by(identity.certificate, ca)):
        return False
    certificate = x509.load_pem_x509_certificate(identity.certificate)
    try:
        found = set(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        found = set()
    return not is_ending(certificate) and found == {general_name(name) for name in names}


def is_usable_key(key: bytes) -> bool:
    """Whether a private key can sign."""
    try:
        return bool(_load_key(key))
    except (ValueError, TypeError):
        return False


def is_usable_ca(identity: Identity) -> bool:
    """Whether a CA's certificate and key fit together and are not about to end."""
    return _fit_together(identity) and not is_ending(x509.load_pem_x509_certificate(identity.certificate))


def is_ending(certificate: x509.Certificate) -> bool:
    """Whether a certificate has to be renewed."""
    return certificate.not_valid_after_utc - datetime.datetime.now(datetime.UTC) < RENEWAL


def new_password() -> str:
    """A random password of letters and digits, 32 long."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(32))


def trust_store(certificate: bytes, password: str) -> bytes:
    """PKCS12 store with one trusted certificate named ca.crt."""
    loaded = pkcs12.PKCS12Certificate(x509.load_pem_x509_certificate(certificate), b"ca.crt")
    encryption = serialization.BestAvailableEncryption(password.encode())
    return pkcs12.serialize_java_truststore([loaded], encryption)


def key_store(identity: Identity, name: str, password: str) -> bytes:
    """PKCS12 store with a key and its certificate under `name`."""
    certificate = x509.load_pem_x509_certificate(identity.certificate)
    encryption = serialization.BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(name.encode(), _load_key(identity.key), certificate, None, encryption)
