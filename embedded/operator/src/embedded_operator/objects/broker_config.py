"""Kafka's own configuration of one node: the text of server.config."""

from ..certificates import ORGANIZATION
from ..model.cluster import CONTROLLER_PORT, REPLICATION_PORT, SCRAM, TLS, Cluster, Listener, Node
from ..model.listeners import advertised_address

CONTROL_LISTENER = f"CONTROLPLANE-{CONTROLLER_PORT}"
REPLICATION_LISTENER = f"REPLICATION-{REPLICATION_PORT}"
DATA_FOLDER = "/var/lib/kafka"
NODE_CERTIFICATES = "/opt/kafka/node-certs"
TRUSTED_CERTIFICATES = "/opt/kafka/trusted-certs"
AUTHORIZER = "org.apache.kafka.metadata.authorizer.StandardAuthorizer"
SCRAM_LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule"

# Kafka's defaults (1, 2, 2 and 9 s) make elections and fencing out of every pause of a small, busy machine, and these
# make it busier. A user's config goes before them.
KAFKA_GRACE_PERIOD = {
    "controller.quorum.election.timeout.ms": "3000",
    "controller.quorum.fetch.timeout.ms": "10000",
    "controller.quorum.request.timeout.ms": "10000",
    "broker.session.timeout.ms": "12000",
}


def log_dirs(node: Node) -> list[str]:
    """Data folders of a node, one a volume."""
    return [f"{DATA_FOLDER}/{volume.name}/kafka-log{node.id}" for volume in node.pool.volumes]


def metadata_dir(node: Node) -> str:
    """The folder, of log_dirs, that holds the metadata log."""
    return next(folder for folder, volume in zip(log_dirs(node), node.pool.volumes, strict=True) if volume.metadata)


def _certificate_settings(listener: str, node: Node, trusted: str | None) -> dict[str, str]:
    """TLS of one listener with the node's certificate; `trusted`: the CA (a file) that every peer is to have a
    certificate of, None for peers without one."""
    prefix = f"listener.name.{listener.lower()}.ssl"
    settings = {
        f"{prefix}.keystore.type": "PEM",
        f"{prefix}.keystore.key": f"${{dir:{NODE_CERTIFICATES}:{node.pod_name}.key}}",
        f"{prefix}.keystore.certificate.chain": f"${{dir:{NODE_CERTIFICATES}:{node.pod_name}.crt}}",
    }
    if trusted:
        settings |= {
            f"{prefix}.truststore.type": "PEM",
            f"{prefix}.truststore.certificates": f"${{dir:{TRUSTED_CERTIFICATES}:{trusted}}}",
            f"{prefix}.client.auth": "required",
        }
    return settings


def _listener_settings(cluster: Cluster, node: Node, node_ports: dict[str, int]) -> dict[str, str]:
    """Which listeners the node opens, what it advertises, and their protocols."""
    own: dict[str, int] = {}
    advertised: dict[str, tuple[str, int]] = {}
    protocols = {CONTROL_LISTENER: "SSL", REPLICATION_LISTENER: "SSL"}
    if node.controller:
        own[CONTROL_LISTENER] = CONTROLLER_PORT
        advertised[CONTROL_LISTENER] = (cluster.node_host(node), CONTROLLER_PORT)
    if node.broker:
        own[REPLICATION_LISTENER] = REPLICATION_PORT
        advertised[REPLICATION_LISTENER] = (cluster.node_host(node), REPLICATION_PORT)
        for listener in cluster.listeners:
            own[listener.identifier] = listener.port
            advertised[listener.identifier] = advertised_address(cluster, listener, node, node_ports)
            transport = "SSL" if listener.tls else "PLAINTEXT"
            protocols[listener.identifier] = f"SASL_{transport}" if listener.authentication == SCRAM else transport
    return {
        "listeners": ",".join(f"{name}://0.0.0.0:{port}" for name, port in own.items()),
        "advertised.listeners": ",".join(f"{name}://{host}:{port}" for name, (host, port) in advertised.items()),
        "listener.security.protocol.map": ",".join(f"{name}:{protocol}" for name, protocol in protocols.items()),
        "controller.listener.names": CONTROL_LISTENER,
        "inter.broker.listener.name": REPLICATION_LISTENER,
    }


def _client_settings(listener: Listener, node: Node) -> dict[str, str]:
    """Encryption and authentication of a listener for clients."""
    settings = {}
    if listener.tls:
        trusted = "clients-ca.crt" if listener.authentication == TLS else None
        settings |= _certificate_settings(listener.identifier, node, trusted)
    if listener.authentication == SCRAM:
        prefix = f"listener.name.{listener.identifier.lower()}"
        settings |= {
            f"{prefix}.sasl.enabled.mechanisms": "SCRAM-SHA-512",
            f"{prefix}.scram-sha-512.sasl.jaas.config": f"{SCRAM_LOGIN} required;",
        }
    return settings


def _authorization_settings(cluster: Cluster) -> dict[str, str]:
    """Who may do everything: the nodes, the operators and those that the resource names. Others need ACLs."""
    if cluster.super_users is None:
        return {}
    own = [f"{cluster.name}-{who}" for who in ("kafka", "entity-topic-operator", "entity-user-operator")]
    own_names = [f"User:CN={name},O={ORGANIZATION}" for name in ("cluster-operator", *own)]
    named = [f"User:{user}" for user in cluster.super_users]
    return {"authorizer.class.name": AUTHORIZER, "super.users": ";".join([*own_names, *named])}


def server_settings(cluster: Cluster, node: Node, node_ports: dict[str, int]) -> dict[str, str]:
    """All settings of a node; `node_ports`: node port of each nodeport Service by its name."""
    voters = [f"{n.id}@{cluster.node_host(n)}:{CONTROLLER_PORT}" for n in cluster.controllers]
    settings = {
        "node.id": str(node.id),
        "process.roles": ",".join(sorted(node.pool.roles)),
        "controller.quorum.voters": ",".join(voters),
        "log.dirs": ",".join(log_dirs(node)),
        "metadata.log.dir": metadata_dir(node),
        "config.providers": "dir,env",
        "config.providers.dir.class": "org.apache.kafka.common.config.provider.DirectoryConfigProvider",
        "config.providers.dir.param.allowed.paths": f"{NODE_CERTIFICATES},{TRUSTED_CERTIFICATES}",
        "config.providers.env.class": "org.apache.kafka.common.config.provider.EnvVarConfigProvider",
        "config.providers.env.param.allowlist.pattern": "NODE_ADDRESS",
    }
    settings |= _listener_settings(cluster, node, node_ports)
    for name in (CONTROL_LISTENER, REPLICATION_LISTENER):
        settings |= _certificate_settings(name, node, trusted="cluster-ca.crt")
    if node.broker:
        for listener in cluster.listeners:
            settings |= _client_settings(listener, node)
    settings |= _authorization_settings(cluster)
    return {**KAFKA_GRACE_PERIOD, **cluster.config, **settings}


def render(settings: dict[str, str]) -> str:
    """server.config: one `name=value` a line, in the given order."""
    return "".join(f"{name}={value}\n" for name, value in settings.items())
