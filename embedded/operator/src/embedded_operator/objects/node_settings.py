"""ConfigMaps of a cluster's nodes: Kafka's configuration and logging."""

import json
from collections.abc import Iterable

from .. import METADATA_VERSION
from ..model.cluster import Cluster, Node
from .broker_config import render, server_settings
from .metadata import Object, build, node_labels

STORAGE = "strimzi.io/storage"  # Strimzi annotations it at its pod sets, of which there are none here

# Handshakes that a probe breaks off are logged by this class at INFO.
LOG4J = """\
rootLogger.level = INFO
rootLogger.appenderRef.stdout.ref = STDOUT
appender.stdout.type = Console
appender.stdout.name = STDOUT
appender.stdout.layout.type = PatternLayout
appender.stdout.layout.pattern = %d{yyyy-MM-dd HH:mm:ss} %p [%t] %c{1}:%L - %m%n
logger.network.name = org.apache.kafka.common.network.Selector
logger.network.level = WARN
logger.config.name = org.apache.kafka.common.config.AbstractConfig
logger.config.level = WARN
"""


def settings_of(cluster: Cluster, node: Node, node_ports: dict[str, int]) -> Object:
    """The ConfigMap of one node, named as its pod."""
    data = {
        "server.config": render(server_settings(cluster, node, node_ports)),
        "log4j2.properties": LOG4J,
        "cluster.id": cluster.cluster_id,
        "metadata.version": METADATA_VERSION,
    }
    labels, annotations = node_labels(cluster, node), {STORAGE: json.dumps(node.pool.storage, sort_keys=True)}
    return build("ConfigMap", cluster, node.pod_name, labels, owner=node.pool.owner, annotations=annotations, data=data)


def storages(config_maps: Iterable[Object]) -> dict[str, Object]:
    """The storage that each pool's nodes have, by the pool's uid, as far as it was noted."""
    noted = [item["metadata"] for item in config_maps if STORAGE in item["metadata"].get("annotations", {})]
    owned = ((owner["uid"], each["annotations"][STORAGE]) for each in noted for owner in each["ownerReferences"])
    return {uid: json.loads(storage) for uid, storage in owned}
