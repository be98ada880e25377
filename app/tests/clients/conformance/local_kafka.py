#!/usr/bin/env python3
"""Run a command beside a real Kafka of one node with every kind of listener, then end that Kafka.

    local_kafka.py --java JAVA --jars DIRECTORY [--port 19092] [--folder DIRECTORY] -- COMMAND…

The command finds the file that describes the listeners (see `lab.py`) by CATDOG_CLIENTS_LAB. Listeners from --port on:
plain, TLS, TLS with client certificates, TLS with passwords (SCRAM-SHA-512), the broker's own, the controller's; all
on 127.0.0.1, which is all that the broker's certificate names. The exit code is the command's.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from certificates import Authority
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    KafkaAdminClient,
    NewTopic,
    ResourcePattern,
    ResourceType,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

HOST = "127.0.0.1"
LISTENERS = ("PLAIN", "TLS", "CERTIFICATE", "PASSWORD", "NODES", "CONTROLLER")
PROTOCOLS = ("PLAINTEXT", "SSL", "SSL", "SASL_SSL", "SSL", "SSL")
START_SECONDS = 60
# Prefix of topics: what everybody may do with those; of the topics that are made one has each prefix as its name.
RIGHTS = {"pictures": ("DESCRIBE", "READ", "WRITE", "CREATE"), "read-only": ("DESCRIBE",), "secret": ()}
SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
controller.listener.names=CONTROLLER
inter.broker.listener.name=NODES
listeners={listeners}
listener.security.protocol.map={protocols}
log.dirs={folder}/data
auto.create.topics.enable=true
message.max.bytes=10485760
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
num.partitions=1
group.initial.rebalance.delay.ms=0
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:node;User:chief
ssl.principal.mapping.rules=RULE:^CN=([^,]+)$/$1/
ssl.keystore.type=PEM
ssl.keystore.location={folder}/node.pem
ssl.truststore.type=PEM
ssl.truststore.location={folder}/ca.crt
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


def write_settings(folder: Path, first_port: int) -> dict[str, str]:
    """Certificates, settings and the description of the lab, which is returned as well; see `lab.py`."""
    authority, stranger = Authority(folder, "ca"), Authority(folder, "stranger-ca")
    certificate, key = authority.issue("node", HOST)
    (folder / "node.pem").touch(mode=0o600)
    (folder / "node.pem").write_bytes(key.read_bytes() + certificate.read_bytes() + authority.file.read_bytes())
    ports = dict(zip(LISTENERS, range(first_port, first_port + len(LISTENERS)), strict=True))
    text = SETTINGS.format(
        host=HOST,
        folder=folder,
        controller=ports["CONTROLLER"],
        listeners=",".join(f"{name}://{HOST}:{port}" for name, port in ports.items()),
        protocols=",".join(f"{name}:{protocol}" for name, protocol in zip(LISTENERS, PROTOCOLS, strict=True)),
    )
    (folder / "server.properties").write_text(text)
    (folder / "log4j2.properties").write_text(LOGGING)
    (folder / "password").touch(mode=0o600)
    (folder / "password").write_text(secrets.token_urlsafe(18) + "\n")
    files = dict(zip(("cert_file", "key_file"), authority.issue("anna"), strict=True))
    files |= dict(zip(("stranger_cert_file", "stranger_key_file"), stranger.issue("stranger"), strict=True))
    authority.issue("chief")
    lab = {name.lower(): f"{HOST}:{ports[name]}" for name in LISTENERS[:4]}
    lab |= {"wrong_name": f"localhost:{ports['TLS']}", "ca_file": str(authority.file)}
    lab |= {name: str(path) for name, path in files.items()}
    lab |= {"user": "bert", "password_file": str(folder / "password")}
    lab |= {"stranger_ca_file": str(stranger.file), "topic": "pictures", "missing_topic": "pictures-missing"}
    lab |= {"hidden_topic": "secret", "readable_topic": "read-only"}
    (folder / "lab.json").write_text(json.dumps(lab, indent=1))
    return lab


def chief(folder: Path, lab: dict[str, str]) -> KafkaAdminClient:
    return KafkaAdminClient(
        bootstrap_servers=lab["certificate"],
        bootstrap_timeout_ms=5000,
        security_protocol="SSL",
        ssl_cafile=lab["ca_file"],
        ssl_certfile=str(folder / "chief.crt"),
        ssl_keyfile=str(folder / "chief.key"),
    )


def furnish(folder: Path, lab: dict[str, str]) -> None:
    """Make the topics, what may be done with them, and the user with a password."""
    admin = chief(folder, lab)
    admin.create_topics([NewTopic(name, 3, 1, topic_configs={"max.message.bytes": "10485760"}) for name in RIGHTS])
    prefixes = {name: ResourcePattern(ResourceType.TOPIC, name, ACLResourcePatternType.PREFIXED) for name in RIGHTS}
    allowed = [
        ACL("User:*", "*", getattr(ACLOperation, one), ACLPermissionType.ALLOW, prefixes[name])
        for name, operations in RIGHTS.items()
        for one in operations
    ]
    admin.create_acls(allowed)
    password = Path(lab["password_file"]).read_text().strip()
    admin.alter_user_scram_credentials(
        [UserScramCredentialUpsertion(lab["user"], ScramMechanism.SCRAM_SHA_512, password)]
    )
    admin.close()


@contextmanager
def running(java: str, jars: Path, folder: Path, lab: dict[str, str]) -> Iterator[None]:
    """Kafka of the settings in `folder`, furnished. Raises RuntimeError with its last lines if it does not start."""
    call = [java, "-Xmx512m", f"-Dlog4j2.configurationFile={folder}/log4j2.properties", "-cp", f"{jars}/*"]
    cluster = secrets.token_urlsafe(16)
    settings = str(folder / "server.properties")
    formatted = [*call, "kafka.tools.StorageTool", "format", "--cluster-id", cluster, "--config", settings]
    subprocess.run(formatted, check=True, stdout=subprocess.DEVNULL)
    with (folder / "kafka.log").open("w") as log:
        process = subprocess.Popen([*call, "kafka.Kafka", settings], stdout=log, stderr=log)
    try:
        ends = time.monotonic() + START_SECONDS
        while "Kafka Server started" not in (text := (folder / "kafka.log").read_text()):
            if process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError("Kafka did not start:\n" + "\n".join(text.splitlines()[-20:]))
            time.sleep(0.2)
        furnish(folder, lab)
        yield
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--java", default="java", help="Java 17 or later (default: java)")
    parser.add_argument("--jars", type=Path, required=True, help="folder of Kafka's jars")
    parser.add_argument("--port", type=int, default=19092, help="first of six free ports (default 19092)")
    parser.add_argument(
        "--folder", type=Path, help="an empty folder for all that is written (default: removed in the end)"
    )
    parser.add_argument("command", nargs="+", help="command to run, after --")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as own:
        folder = (given.folder or Path(own)).absolute()
        folder.mkdir(exist_ok=True)
        lab = write_settings(folder, given.port)
        with running(given.java, given.jars, folder, lab):
            environment = {**os.environ, "CATDOG_CLIENTS_LAB": str(folder / "lab.json")}
            return subprocess.run(given.command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
