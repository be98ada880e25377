#!/usr/bin/python
"""Send pictures to a Kafka topic with the lab's own producer, and report where each record lies."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: pictures_send
short_description: Send pictures to a Kafka topic with the lab's producer
description:
  - Marks them as the verification's, by the header C(sent-by).
  - Calls the producer that attendees use (app/clients/kafka_producer.py) on the external TLS listener.
  - Reports sha256 and size of every file as read here, and partition and offset of its record as acknowledged by Kafka.
  - Never reports a change. Records that a verification sends are its question, not a change of the lab.
options:
  producer: {description: Path of the producer., type: path, required: true}
  python: {description: Python that runs it., type: path, required: true}
  brokers: {description: "Bootstrap addresses, host:port, separated by commas.", type: str, required: true}
  ca_file: {description: PEM file of the cluster's certificate authority., type: path, required: true}
  cert_file: {description: PEM file of a client certificate that the brokers trust. Needs O(key_file)., type: path}
  key_file: {description: PEM file of its key., type: path}
  topic: {description: Name of the topic., type: str, required: true}
  timeout: {description: "Seconds for a call of the producer, one more for every ten pictures.", type: int, default: 60}
  pictures:
    description: Pictures to send, in this order. Keys that are not named here are kept in the result.
    type: list
    elements: dict
    required: true
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Send a cat
  catdog.lab.pictures_send:
    producer: app/clients/kafka_producer.py
    python: "{{ ansible_playbook_python }}"
    brokers: 127.0.0.1:30092
    ca_file: /tmp/ca.crt
    topic: rhte
    pictures:
      - {path: /tmp/cat.png, label: cat, correlation_id: 8f3a-0}
"""

RETURN = r"""
pictures:
  description: The pictures as given, each with topic, partition, offset, sha256, size and send_seconds.
  type: list
  elements: dict
  returned: success
"""

# Files one call of the producer takes: their paths and ids stay well below the limit of a command line.
BATCH = 200


def describe(picture: dict[str, Any]) -> dict[str, Any]:
    content = Path(picture["path"]).read_bytes()
    return {**picture, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


def command(parameters: dict[str, Any], batch: list[dict[str, Any]]) -> list[str]:
    return [
        parameters["python"],
        parameters["producer"],
        *("--brokers", parameters["brokers"], "--topic", parameters["topic"]),
        *("--use-tls", "--ca-file", parameters["ca_file"]),
        *client_certificate(parameters),
        *("--file", *(picture["path"] for picture in batch)),
        *("--correlation-id", *(picture["correlation_id"] for picture in batch)),
        # By it the attendee's own pictures are told from these.
        *("--sent-by", "verification"),
    ]


def client_certificate(parameters: dict[str, Any]) -> list[str]:
    flags = {"--cert-file": parameters.get("cert_file"), "--key-file": parameters.get("key_file")}
    return [part for flag, path in flags.items() if path for part in (flag, path)]


def send(module: AnsibleModule, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The batch with its records' places; fails with the producer's own words."""
    parameters = module.params
    timeout = parameters["timeout"] + len(batch) // 10
    try:
        process = subprocess.run(
            command(parameters, batch), capture_output=True, text=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        module.fail_json(
            msg=f"The producer did not finish within {timeout} s"
            f" (topic {parameters['topic']} on {parameters['brokers']})."
        )
    records = [json.loads(line) for line in process.stdout.splitlines() if line.startswith("{")]
    by_id = {record["correlation_id"]: record for record in records if "offset" in record}
    if process.returncode or len(by_id) < len(batch):
        said = (process.stderr.strip() or process.stdout.strip() or "it said nothing")[-2000:]
        names = ", ".join(Path(p["path"]).name for p in batch if p["correlation_id"] not in by_id)
        module.fail_json(
            msg=f"The producer could not send {names[:300]} to topic {parameters['topic']}"
            f" on {parameters['brokers']} (exit code {process.returncode}): {said}"
        )
    return [placed(picture, by_id[picture["correlation_id"]]) for picture in batch]


def placed(picture: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    place = {key: record[key] for key in ("topic", "partition", "offset")}
    return {**picture, **place, "send_seconds": record["seconds"]}


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "producer": {"type": "path", "required": True},
            "python": {"type": "path", "required": True},
            "brokers": {"type": "str", "required": True},
            "ca_file": {"type": "path", "required": True},
            "cert_file": {"type": "path"},
            "key_file": {"type": "path"},
            "topic": {"type": "str", "required": True},
            "timeout": {"type": "int", "default": 60},
            "pictures": {"type": "list", "elements": "dict", "required": True},
        },
        required_together=[("cert_file", "key_file")],
        supports_check_mode=False,
    )
    try:
        pictures = [describe(picture) for picture in module.params["pictures"]]
    except OSError as error:
        module.fail_json(msg=f"Picture {error.filename} cannot be read: {error.strerror}.")
    sent = []
    for start in range(0, len(pictures), BATCH):
        sent += send(module, pictures[start : start + BATCH])
    module.exit_json(changed=False, pictures=sent)


if __name__ == "__main__":
    main()
