"""What the modules of notebook, status and verification decide, without a cluster."""

from __future__ import annotations

from types import SimpleNamespace as Thing

import pytest

from ansible_collections.catdog.lab.plugins.module_utils.deployment_status import missing


def deployment(wanted=1, generation=2, **status):
    names = ("observed_generation", "updated_replicas", "replicas", "available_replicas")
    full = dict.fromkeys(names) | {"observed_generation": generation, "conditions": None} | status
    spec = Thing(replicas=wanted, selector=Thing(match_labels={"app": "x"}))
    return Thing(spec=spec, metadata=Thing(generation=generation, namespace="ns", name="x"), status=Thing(**full))


ROLLED_OUT = {"updated_replicas": 1, "replicas": 1, "available_replicas": 1}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (ROLLED_OUT, None),
        (ROLLED_OUT | {"observed_generation": 1}, "taken up"),
        ({"replicas": 1}, "0 of 1 pods are of its current version"),
        (ROLLED_OUT | {"replicas": 2}, "1 pods of an earlier version"),
        (ROLLED_OUT | {"available_replicas": None}, "0 of 1 pods are available"),
        ({"replicas": 1, "updated_replicas": 1}, "0 of 1 pods are available"),
    ],
)
def test_missing_says_what_a_rollout_lacks(status, expected):
    found = missing(deployment(**status))
    assert found is None if expected is None else expected in found


def test_nothing_is_missing_of_one_scaled_to_zero_once_its_pods_are_gone():
    assert missing(deployment(wanted=0)) is None
    assert "1 pods of an earlier version" in missing(deployment(wanted=0, replicas=1))


def pod(reason, restarts=0):
    state = Thing(waiting=Thing(reason=reason), terminated=None)
    status = Thing(name="notebook", state=state, restart_count=restarts)
    labels = {"pod-template-hash": "a"}
    metadata = Thing(name="x-1", creation_timestamp=1, deletion_timestamp=None, labels=labels)
    return Thing(metadata=metadata, status=Thing(init_container_statuses=None, container_statuses=[status]))


@pytest.mark.parametrize(
    ("pods", "waited", "word"),
    [
        ([pod("ImagePullBackOff")], 31, "ImagePullBackOff"),
        ([pod("ImagePullBackOff")], 5, None),
        ([pod("CrashLoopBackOff", 3)], 31, "CrashLoopBackOff"),
        ([pod("CrashLoopBackOff", 1)], 31, None),
        ([pod("ContainerCreating")], 31, None),
    ],
)
def test_a_fatal_reason_ends_the_wait_early(load_plugin, pods, waited, word):
    core = Thing(list_namespaced_pod=lambda *_, **__: Thing(items=pods))
    found = load_plugin("module_utils/kubernetes_waiting").fatal_reason(core, deployment(), waited)
    assert found is None if word is None else word in found


PRODUCER = """
import json, sys
first, end = sys.argv.index("--correlation-id") + 1, sys.argv.index("--sent-by")
assert sys.argv[end + 1] == "verification"
for number, one in enumerate(sys.argv[first:end]):
    if one == "lost": sys.exit("kafka_producer: no broker answers")
    print(json.dumps(dict(topic="rhte", partition=0, offset=number, correlation_id=one, seconds=0.1)))
"""


class FailedError(Exception):
    """What fail_json of the stand-in module raises."""


def send(load_plugin, tmp_path, *ids):
    import sys

    def fail_json(msg):
        raise FailedError(msg)

    producer, picture = tmp_path / "producer.py", tmp_path / "cat.png"
    producer.write_text(PRODUCER)
    picture.write_bytes(b"meow")
    params = {
        "python": sys.executable,
        "producer": str(producer),
        "brokers": "b:1",
        "topic": "rhte",
        "ca_file": "ca",
        "timeout": 20,
    }
    plugin = load_plugin("modules/pictures_send")
    pictures = [plugin.describe({"path": str(picture), "label": "cat", "correlation_id": one}) for one in ids]
    return plugin.send(Thing(params=params, fail_json=fail_json), pictures)


@pytest.mark.parametrize(
    ("given", "passed_on"),
    [
        ({}, []),
        ({"cert_file": None, "key_file": None}, []),
        ({"cert_file": "user.crt", "key_file": "user.key"}, ["--cert-file", "user.crt", "--key-file", "user.key"]),
    ],
)
def test_the_producer_gets_a_client_certificate_where_one_is_given(load_plugin, given, passed_on):
    needed = {"python": "python3", "producer": "p.py", "brokers": "b:1", "topic": "rhte", "ca_file": "ca"}
    command = load_plugin("modules/pictures_send").command({**needed, **given}, [])
    start = command.index("--ca-file") + 2
    assert command[start : command.index("--file")] == passed_on


def test_sent_pictures_have_their_place_hash_and_size(load_plugin, tmp_path):
    [first, second] = send(load_plugin, tmp_path, "r-1", "r-2")
    assert (first["offset"], second["offset"], second["size"], second["label"]) == (0, 1, 4, "cat")
    assert len(first["sha256"]) == 64


def test_a_producer_that_fails_is_told_with_its_words_and_the_picture(load_plugin, tmp_path):
    with pytest.raises(
        FailedError, match=r"cat\.png to topic rhte on b:1 \(exit code 1\): kafka_producer: no broker answers"
    ):
        send(load_plugin, tmp_path, "r-1", "lost")
