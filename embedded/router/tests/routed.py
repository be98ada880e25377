"""Resources that tests start from: a Route, an Ingress, the Service with its pods, and certificates."""

import base64
import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

Object = dict[str, Any]
DOMAIN = "apps.example"
INGRESS_CLASS = "catdog-lab"


def metadata(name: str, namespace: str, second: int = 0, **more: Any) -> Object:
    """Of a resource that was made at this second."""
    created = f"2026-01-01T00:00:{second:02}Z"
    return {"name": name, "namespace": namespace, "creationTimestamp": created, "uid": f"{namespace}-{name}", **more}


def route(name: str = "web", namespace: str = "lab", second: int = 0, annotations: Object | None = None, **spec: Any):
    """A Route to a Service of its name; `spec` is merged over what the API server sets by itself."""
    whole = {"to": {"kind": "Service", "name": name, "weight": 100}, "wildcardPolicy": "None", **spec}
    return {"metadata": metadata(name, namespace, second, annotations=annotations or {}), "spec": whole}


def ingress(name: str = "web", namespace: str = "lab", second: int = 0, annotations: Object | None = None, **spec: Any):
    """An Ingress of the router's class with one host and path."""
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    rules = [{"host": "web.example", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]
    whole = {"ingressClassName": INGRESS_CLASS, "rules": rules, **spec}
    return {"metadata": metadata(name, namespace, second, annotations=annotations or {}), "spec": whole}


def service(name: str = "web", namespace: str = "lab", **ports: int) -> Object:
    """A Service with these ports by name; `http=80` without any."""
    entries = [{"name": port, "port": number} for port, number in (ports or {"http": 80}).items()]
    return {"metadata": metadata(name, namespace), "spec": {"ports": entries}}


def endpoint_slice(
    addresses: list[str], of: str = "web", namespace: str = "lab", ready: bool | None = True, **ports: int
):
    """A slice of a Service with pods at these addresses and ports by name; `http=8080` without any."""
    entries = [{"name": port, "port": number} for port, number in (ports or {"http": 8080}).items()]
    return {
        "metadata": metadata(f"{of}-{addresses[0]}", namespace, labels={"kubernetes.io/service-name": of}),
        "addressType": "IPv6" if ":" in addresses[0] else "IPv4",
        "ports": entries,
        "endpoints": [{"addresses": [address], "conditions": {"ready": ready}} for address in addresses],
    }


def by_key(*items: Object) -> dict[tuple[str, str], Object]:
    """Resources as they are observed."""
    return {(item["metadata"]["namespace"], item["metadata"]["name"]): item for item in items}


def certificate(*hosts: str, bits: int = 0) -> tuple[str, str]:
    """A private key and its self-signed certificate, both PEM; RSA of so many bits, where they are given."""
    key = rsa.generate_private_key(65537, bits) if bits else ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])]), datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), built.public_bytes(serialization.Encoding.PEM).decode()


def tls_secret(name: str, key: str, pem: str, namespace: str = "lab") -> Object:
    """A Secret with a certificate."""
    data = {"tls.key": base64.b64encode(key.encode()).decode(), "tls.crt": base64.b64encode(pem.encode()).decode()}
    return {"metadata": metadata(name, namespace), "type": "kubernetes.io/tls", "data": data}
