"""Settings of a local Kafka's nodes, and the description of the lab that they make (see conformance/lab.py)."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from local_kafka.certificates import Authority

HOST = "127.0.0.1"
LISTENERS = ("PLAIN", "TLS", "CERTIFICATE", "PASSWORD", "NODES", "CONTROLLER")
PROTOCOLS = ("PLAINTEXT", "SSL", "SSL", "SASL_SSL", "SSL", "SSL")
# One of several nodes that is killed is missed sooner than by Kafka's default.
SETTINGS = """\
process.roles=broker,controller
node.id={number}
controller.quorum.voters={voters}
controller.listener.names=CONTROLLER
inter.broker.listener.name=NODES
listeners={listeners}
listener.security.protocol.map={protocols}
log.dirs={folder}/data
auto.create.topics.enable=true
message.max.bytes=10485760
offsets.topic.num.partitions=3
offsets.topic.replication.factor={replicas}
transaction.state.log.num.partitions=3
transaction.state.log.replication.factor={replicas}
transaction.state.log.min.isr=1
num.partitions=1
num.network.threads=1
num.io.threads=4
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=500
broker.session.timeout.ms={session}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:node;User:chief
ssl.principal.mapping.rules=RULE:^CN=([^,]+)$/$1/
ssl.keystore.type=PEM
ssl.keystore.location={lab}/node.pem
ssl.truststore.type=PEM
ssl.truststore.location={lab}/ca.crt
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.certificate.ssl.client.auth=required
listener.name.nodes.ssl.client.auth=required
listener.name.controller.ssl.client.auth=required
listener.name.password.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
"""
LOGGING = """\
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%p %m %c%n
rootLogger.level=INFO
rootLogger.appenderRef.console.ref=console
"""


def write_settings(folder: Path, ports: Sequence[Mapping[str, int]], extra: Mapping[str, str]) -> dict[str, str]:
    """Certificates, a folder with settings for each node, and the description of the lab, which is returned as well.

    ports: of each node, by listener. extra: settings of every node that stand for, or come to, those here.
    """
    authority, stranger = Authority(folder, "ca"), Authority(folder, "stranger-ca")
    certificate, key = authority.issue("node", HOST)
    (folder / "node.pem").touch(mode=0o600)
    (folder / "node.pem").write_bytes(key.read_bytes() + certificate.read_bytes() + authority.file.read_bytes())
    (folder / "log4j2.properties").write_text(LOGGING)
    voters = ",".join(f"{number}@{HOST}:{own['CONTROLLER']}" for number, own in enumerate(ports, start=1))
    for number, own in enumerate(ports, start=1):
        node = folder / f"node-{number}"
        node.mkdir()
        text = SETTINGS.format(
            number=number,
            voters=voters,
            folder=node,
            lab=folder,
            listeners=",".join(f"{name}://{HOST}:{port}" for name, port in own.items()),
            protocols=",".join(f"{name}:{protocol}" for name, protocol in zip(LISTENERS, PROTOCOLS, strict=True)),
            replicas=min(3, len(ports)),
            # One that is alone is replaced by nobody, and may be as slow as the machine is busy.
            session=6_000 if len(ports) > 1 else 20_000,
        )
        settings = dict(line.split("=", 1) for line in text.splitlines()) | extra
        (node / "server.properties").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    lab = _describe(folder, ports, authority, stranger)
    (folder / "lab.json").write_text(json.dumps(lab, indent=1))
    return lab


def _describe(
    folder: Path, ports: Sequence[Mapping[str, int]], authority: Authority, stranger: Authority
) -> dict[str, str]:
    (folder / "password").touch(mode=0o600)
    (folder / "password").write_text(secrets.token_urlsafe(18) + "\n")
    lab = {name.lower(): ",".join(f"{HOST}:{own[name]}" for own in ports) for name in LISTENERS[:4]}
    lab |= {"wrong_name": f"localhost:{ports[0]['TLS']}", "ca_file": str(authority.file)}
    users = {"": authority.issue("anna"), "stranger_": stranger.issue("stranger"), "chief_": authority.issue("chief")}
    for prefix, (certificate, key) in users.items():
        lab |= {f"{prefix}cert_file": str(certificate), f"{prefix}key_file": str(key)}
    lab |= {"user": "bert", "password_file": str(folder / "password")}
    lab |= {"stranger_ca_file": str(stranger.file), "topic": "pictures", "missing_topic": "pictures-missing"}
    return lab | {"hidden_topic": "secret", "readable_topic": "read-only"}
