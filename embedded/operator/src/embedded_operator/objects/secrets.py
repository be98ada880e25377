"""Secrets of a cluster: two certificate authorities, one certificate a node, and the operators' own."""

import base64
import hashlib

from ..certificates import (
    Identity,
    is_usable,
    is_usable_ca,
    is_usable_key,
    issue,
    new_key,
    new_password,
    self_signed_ca,
    trust_store,
)
from ..model.cluster import TLS, Cluster, Node
from .metadata import Object, build, ca_labels, entity_operator_labels, kafka_labels, node_labels

ByName = dict[str, Object]


def data_of(secret: Object | None, key: str) -> bytes:
    """One entry of a Secret, empty where it is missing."""
    return base64.b64decode((secret or {}).get("data", {}).get(key, ""))


def _secret(cluster: Cluster, name: str, labels: dict[str, str], data: dict[str, bytes], **annotations: str) -> Object:
    encoded = {key: base64.b64encode(value).decode() for key, value in data.items()}
    prefixed = {f"strimzi.io/{key.replace('_', '-')}": value for key, value in annotations.items()}
    return build("Secret", cluster, name, labels, annotations=prefixed, type="Opaque", data=encoded)


def ca_secret_names(cluster: Cluster, which: str) -> tuple[str, str]:
    """Names of the Secrets that hold the certificate and the key of `cluster-ca` or `clients-ca`."""
    return f"{cluster.name}-{which}-cert", f"{cluster.name}-{which}"


def certificate_authority(cluster: Cluster, which: str, *sources: ByName) -> tuple[Identity, list[Object]]:
    """The CA `cluster-ca` or `clients-ca` and its two Secrets.

    The first of the `sources` (Secrets by name) that holds a usable one is kept as it is. Where none does, the first
    one's key signs a new certificate; if that is lost, too, both are new.
    """
    certificate_name, key_name = ca_secret_names(cluster, which)

    def held(source: ByName) -> Identity:
        return Identity(data_of(source.get(key_name), "ca.key"), data_of(source.get(certificate_name), "ca.crt"))

    source = next((each for each in sources if is_usable_ca(held(each))), None)
    if source is not None:
        identity, found = held(source), source.get(certificate_name)
    else:
        key = held(sources[0]).key
        key = key if is_usable_key(key) else new_key()
        identity, found = Identity(key, self_signed_ca(f"{which} v0", key)), None
    password, store = data_of(found, "ca.password"), data_of(found, "ca.p12")
    if not (password and store):
        password = new_password().encode()
        store = trust_store(identity.certificate, password.decode())
    labels = ca_labels(cluster)
    data = {"ca.crt": identity.certificate, "ca.p12": store, "ca.password": password}
    return identity, [
        _secret(cluster, certificate_name, labels, data, ca_cert_generation="0"),
        _secret(cluster, key_name, labels, {"ca.key": identity.key}, ca_key_generation="0"),
    ]


def service_names(service: str, namespace: str) -> list[str]:
    """All names under which a Service is reached inside the cluster."""
    return [service, f"{service}.{namespace}", f"{service}.{namespace}.svc", f"{service}.{namespace}.svc.cluster.local"]


def node_names(cluster: Cluster, node: Node) -> list[str]:
    """Host names and addresses that a node's certificate has to be valid for."""
    host = cluster.node_host(node)
    names = [*service_names(cluster.brokers_service, cluster.namespace), host, f"{host}.cluster.local"]
    if not node.broker:
        return names
    names += service_names(cluster.bootstrap_service, cluster.namespace)
    for listener in cluster.listeners:
        if listener.type != "internal":
            for service in (
                cluster.external_bootstrap_service(listener),
                cluster.external_broker_service(listener, node),
            ):
                names += service_names(service, cluster.namespace)
        if listener.type == "route":
            routes = (cluster.bootstrap_route(listener), cluster.external_broker_service(listener, node))
            names += [cluster.route_hosts[route] for route in routes]
        names += listener.bootstrap.get("alternativeNames", [])
        if advertised := listener.override(node.id).advertised_host:
            names.append(advertised)
    return names


def certificate_secret(
    cluster: Cluster,
    name: str,
    keys: tuple[str, str],
    cluster_ca: Identity,
    common_name: str,
    hosts: list[str],
    labels: dict[str, str],
    existing: ByName,
) -> Object:
    """A Secret with a certificate and key under `keys`; a new one where the existing one does not fit."""
    certificate_key, private_key = keys
    found = existing.get(name)
    identity = Identity(data_of(found, private_key), data_of(found, certificate_key))
    if not is_usable(identity, cluster_ca.certificate, hosts):
        identity = issue(cluster_ca, common_name, hosts)
    data = {certificate_key: identity.certificate, private_key: identity.key}
    return _secret(cluster, name, labels, data, cluster_ca_cert_generation="0")


def node_revision(cluster: Cluster, node: Node, cluster_ca: Identity) -> str:
    """Hash of what a node's certificate says and who signed it: a node restarts when this changes, not on a renewal."""
    content = cluster_ca.certificate + "\n".join(sorted(node_names(cluster, node))).encode()
    return hashlib.sha256(content).hexdigest()[:16]


def clients_revision(cluster: Cluster, secrets: list[Object]) -> str:
    """Hash of the CA whose clients are let in: nodes that ask for certificates restart when this changes."""
    if not any(listener.authentication == TLS for listener in cluster.listeners):
        return ""
    bundle = next(secret for secret in secrets if secret["metadata"]["name"] == f"{cluster.name}-trustbundle")
    return hashlib.sha256(data_of(bundle, "clients-ca.crt")).hexdigest()[:16]


def operator_identity(cluster: Cluster, secrets: list[Object]) -> Identity:
    """What the cluster operator shows to brokers."""
    own = next(secret for secret in secrets if secret["metadata"]["name"] == f"{cluster.name}-cluster-operator-certs")
    return Identity(data_of(own, "cluster-operator.key"), data_of(own, "cluster-operator.crt"))


def ca_revision(cluster_ca: Identity) -> str:
    """Hash of the CA's certificate: who trusts it restarts when this changes."""
    return hashlib.sha256(cluster_ca.certificate).hexdigest()[:16]


def all_secrets(cluster: Cluster, existing: ByName, remembered: ByName | None = None) -> tuple[Identity, list[Object]]:
    """The cluster CA and every Secret.

    `existing`: the cluster's Secrets by name; `remembered`: the CAs' as they last were, so that nobody has to
    trust new ones where these are deleted or edited.
    """
    cluster_ca, secrets = certificate_authority(cluster, "cluster-ca", existing, remembered or {})
    clients, more = certificate_authority(cluster, "clients-ca", existing, remembered or {})
    secrets += more
    labels = kafka_labels(cluster)
    trust = {"cluster-ca.crt": cluster_ca.certificate, "clients-ca.crt": clients.certificate}
    secrets.append(_secret(cluster, f"{cluster.name}-trustbundle", labels, trust))
    for node in cluster.nodes:
        keys = (f"{node.pod_name}.crt", f"{node.pod_name}.key")
        names = node_names(cluster, node)
        own_labels, common_name = node_labels(cluster, node), f"{cluster.name}-kafka"
        secrets.append(
            certificate_secret(cluster, node.pod_name, keys, cluster_ca, common_name, names, own_labels, existing)
        )
    operators = [("cluster-operator", "cluster-operator", "cluster-operator", labels)]
    for which in cluster.entity_operators:
        name = f"entity-{which}-operator"
        operators.append((name, "entity-operator", f"{cluster.name}-{name}", entity_operator_labels(cluster)))
    for operator, key, common_name, operator_labels in operators:
        name, keys = f"{cluster.name}-{operator}-certs", (f"{key}.crt", f"{key}.key")
        secrets.append(certificate_secret(cluster, name, keys, cluster_ca, common_name, [], operator_labels, existing))
    return cluster_ca, secrets


def ca_secrets(cluster: Cluster, secrets: list[Object]) -> ByName:
    """Those of the Secrets that hold the CAs, by name."""
    names = {name for which in ("cluster-ca", "clients-ca") for name in ca_secret_names(cluster, which)}
    return {item["metadata"]["name"]: item for item in secrets if item["metadata"]["name"] in names}
