"""How large a record may be stands in the app; roles, the client to download and all texts agree with it."""

from __future__ import annotations

import re
from math import prod
from pathlib import Path

import pytest
import yaml

from catdog.limits import MAX_MESSAGE_BYTES, MAX_MESSAGE_SIZE

# Texts that tell users the limit, in words or in bytes.
TEXTS = (
    "app/README.md",
    "app/notebooks/03_compare.ipynb",
    "app/src/catdog/commands/classify.py",
    "app/clients/go/files.go",
    "app/clients/kafka_producer.py",
    "docs/attendee/README.md",
    "docs/decisions/0003-kafka-client.md",
    "docs/decisions/0004-message-format.md",
    "roles/kafka_cluster/defaults/main.yml",
    "roles/kafka_topic/defaults/main.yml",
)


def defaults(root: Path, role: str) -> dict:
    return yaml.safe_load((root / "roles" / role / "defaults" / "main.yml").read_text())


def test_brokers_take_what_the_app_sends(root: Path):
    assert defaults(root, "kafka_cluster")["kafka_cluster_message_max_bytes"] == MAX_MESSAGE_BYTES


def test_the_topic_takes_what_the_app_sends(root: Path):
    assert defaults(root, "kafka_topic")["kafka_topic_config"]["max.message.bytes"] == MAX_MESSAGE_BYTES


@pytest.mark.parametrize(
    ("client", "pattern"),
    [("kafka_producer.py", r"^MAX_MESSAGE_BYTES = ([0-9 *]+)$"), ("go/files.go", r"^\s*maxMessageBytes = ([0-9 *]+)$")],
)
def test_the_clients_have_the_same_limit(root: Path, client: str, pattern: str):
    (given,) = re.findall(pattern, (root / "app" / "clients" / client).read_text(), re.MULTILINE)
    assert prod(int(factor) for factor in given.split("*")) == MAX_MESSAGE_BYTES


@pytest.mark.parametrize("path", TEXTS)
def test_texts_tell_the_same_limit(root: Path, path: str):
    text = (root / path).read_text()
    told = set(re.findall(r"\b\d+\s+MiB\b", re.sub(r'\n",\n\s*"|\n', " ", text)))
    assert told or str(MAX_MESSAGE_BYTES) in text, "no limit is told here: take it out of TEXTS"
    assert told <= {MAX_MESSAGE_SIZE}
    assert set(re.findall(r"\b10\d{6}\b", text)) <= {str(MAX_MESSAGE_BYTES)}


def test_no_other_text_tells_the_limit(project_texts: dict[Path, str]):
    told = {path for path, text in project_texts.items() if re.search(rf"\b{MAX_MESSAGE_SIZE}\b", text)}
    # Manuals of roles are made from their defaults; what tests say is held by the tests.
    others = {str(path) for path in told if path.parts[0] != "roles" and "tests" not in path.parts} - set(TEXTS)
    assert not others
