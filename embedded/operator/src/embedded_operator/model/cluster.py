"""A Kafka cluster as its resources describe it: what everything else is derived from."""

from dataclasses import dataclass, field
from typing import Any

CONTROLLER_PORT = 9090
REPLICATION_PORT = 9091
TLS, SCRAM = "tls", "scram-sha-512"  # how clients say who they are


@dataclass(frozen=True)
class Owner:
    """A custom resource that owns objects."""

    kind: str
    name: str
    uid: str


@dataclass(frozen=True)
class Metadata:
    """Labels and annotations that a `template` gives to one kind of object."""

    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Volume:
    """One volume of a node, by the fields of its storage; `name` is its first part in a claim's name."""

    id: int
    name: str
    metadata: bool  # whether it holds the metadata log
    storage: dict[str, Any] = field(default_factory=dict)

    @property
    def persistent(self) -> bool:
        """Whether it is a claim that outlives its pod."""
        return self.storage["type"] == "persistent-claim"

    def claim_name(self, pod_name: str) -> str:
        """Name of the claim of one pod."""
        return f"{self.name}-{pod_name}"


@dataclass(frozen=True)
class Pool:
    """A KafkaNodePool with the node ids that its nodes have."""

    owner: Owner
    generation: int
    roles: tuple[str, ...]
    node_ids: tuple[int, ...]
    volumes: tuple[Volume, ...]
    resources: dict[str, Any]
    jvm_options: dict[str, Any]
    storage: dict[str, Any]  # that the volumes are of: what the resource says, or what it said before a refused change
    storage_warning: str | None = None
    labels: dict[str, str] = field(default_factory=dict)  # of the resource, for all that is made for its nodes
    pod_metadata: Metadata = field(default_factory=Metadata)
    claim_metadata: Metadata = field(default_factory=Metadata)

    @property
    def name(self) -> str:
        """Name of the pool."""
        return self.owner.name

    @property
    def ephemeral(self) -> bool:
        """Whether a node that is replaced loses anything."""
        return not all(volume.persistent for volume in self.volumes)


@dataclass(frozen=True)
class Node:
    """One Kafka node, which is one pod."""

    id: int
    pod_name: str
    pool: Pool

    @property
    def broker(self) -> bool:
        """Whether clients are served by this node."""
        return "broker" in self.pool.roles

    @property
    def controller(self) -> bool:
        """Whether this node votes in the metadata quorum."""
        return "controller" in self.pool.roles


@dataclass(frozen=True)
class BrokerOverride:
    """What a listener's `configuration.brokers[]` says of one broker."""

    node_port: int | None = None
    host: str | None = None
    advertised_host: str | None = None
    advertised_port: int | None = None
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Listener:
    """A listener for clients."""

    name: str
    port: int
    type: str
    tls: bool
    bootstrap: dict[str, Any]
    brokers: dict[int, BrokerOverride]
    traffic_policy: str | None = None
    authentication: str | None = None

    @property
    def identifier(self) -> str:
        """Name in Kafka's configuration, such as EXTERNAL-9094."""
        return f"{self.name.upper()}-{self.port}"

    @property
    def port_name(self) -> str:
        """Name of its port in pods and Services: Strimzi's old names for the two old listeners."""
        return {("plain", 9092): "tcp-clients", ("tls", 9093): "tcp-clientstls"}.get(
            (self.name, self.port), f"tcp-{self.name}"
        )

    def override(self, node_id: int) -> BrokerOverride:
        """Overrides of one broker; none is an empty one."""
        return self.brokers.get(node_id, BrokerOverride())


@dataclass(frozen=True)
class Cluster:
    """A Kafka with its pools, checked and with every node named."""

    owner: Owner
    namespace: str
    generation: int
    cluster_id: str
    image: str
    listeners: tuple[Listener, ...]
    config: dict[str, Any]
    pools: tuple[Pool, ...]
    topic_operator: dict[str, Any] | None
    labels: dict[str, str] = field(default_factory=dict)  # of the Kafka resource, for what belongs to no pool
    user_operator: dict[str, Any] | None = None
    super_users: tuple[str, ...] | None = None  # besides the operators' own; None: everybody may do everything
    route_hosts: dict[str, str] = field(default_factory=dict)  # host of each Route by its name, as far as there is one

    @property
    def name(self) -> str:
        """Name of the Kafka resource."""
        return self.owner.name

    @property
    def entity_operators(self) -> dict[str, dict[str, Any]]:
        """What the Kafka resource says of each operator that is asked for: `topic`, `user`."""
        asked = {"topic": self.topic_operator, "user": self.user_operator}
        return {which: options for which, options in asked.items() if options is not None}

    @property
    def nodes(self) -> list[Node]:
        """All nodes, in order of their ids."""
        nodes = [Node(i, f"{self.name}-{pool.name}-{i}", pool) for pool in self.pools for i in pool.node_ids]
        return sorted(nodes, key=lambda node: node.id)

    @property
    def brokers(self) -> list[Node]:
        """Nodes that serve clients."""
        return [node for node in self.nodes if node.broker]

    @property
    def controllers(self) -> list[Node]:
        """Nodes of the metadata quorum."""
        return [node for node in self.nodes if node.controller]

    @property
    def bootstrap_service(self) -> str:
        """Service for clients inside the Kubernetes cluster."""
        return f"{self.name}-kafka-bootstrap"

    @property
    def brokers_service(self) -> str:
        """Headless Service that gives every pod its DNS name."""
        return f"{self.name}-kafka-brokers"

    def node_host(self, node: Node) -> str:
        """DNS name of a node's pod."""
        return f"{node.pod_name}.{self.brokers_service}.{self.namespace}.svc"

    def external_bootstrap_service(self, listener: Listener) -> str:
        """Bootstrap Service of a listener for clients outside; the name `external` is special only in that it needs no
        port."""
        return f"{self.name}-kafka-{listener.name}-bootstrap"

    def bootstrap_route(self, listener: Listener) -> str:
        """Bootstrap Route of a listener: Strimzi's short name for port 9094 of `external`, else that of its Service."""
        short = (listener.name, listener.port) == ("external", 9094)
        return self.bootstrap_service if short else self.external_bootstrap_service(listener)

    def external_broker_service(self, listener: Listener, node: Node) -> str:
        """Service, and Route, of one broker for clients outside: Strimzi's short name for port 9094 of `external`."""
        if (listener.name, listener.port) == ("external", 9094):
            return node.pod_name
        return f"{self.name}-{node.pool.name}-{listener.name}-{node.id}"
