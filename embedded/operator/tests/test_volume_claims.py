"""Claims of the nodes' persistent volumes, and the pods that use them."""

import pytest
from embedded_operator.clusters.volume_resizing import growing_class, resize_warning
from embedded_operator.objects import pods, volume_claims
from embedded_operator.objects.broker_config import server_settings

CLAIM = {"type": "persistent-claim", "size": "2Gi"}
PORTS = {"my-kafka-external-bootstrap": 30092, "my-dual-role-0": 30093}


@pytest.fixture
def claims(parse, kafka, compact_pools):
    """`claims(storage, **template)` -> the claims of a node with this storage."""

    def make(storage, **template):
        compact_pools[0]["spec"] |= {"storage": storage, "template": {"persistentVolumeClaim": {"metadata": template}}}
        return volume_claims.all_claims(parse(kafka, compact_pools))

    return make


@pytest.mark.parametrize(
    ("storage", "volume", "claim"),
    [
        ({"type": "jbod", "volumes": [{"id": 3, **CLAIM}]}, "data-3", "data-3-my-dual-role-0"),
        (CLAIM, "data", "data-my-dual-role-0"),
    ],
    ids=["jbod", "alone"],
)
def test_a_volume_and_its_claim_have_strimzis_names(parse, kafka, compact_pools, storage, volume, claim):
    compact_pools[0]["spec"]["storage"] = storage
    cluster = parse(kafka, compact_pools)
    spec = pods.pod_of(cluster, cluster.nodes[0], {"data": {}}, "1")["spec"]
    mounts = {mount["name"]: mount["mountPath"] for mount in spec["containers"][0]["volumeMounts"]}
    assert mounts[volume] == f"/var/lib/kafka/{volume}"
    assert {"name": volume, "persistentVolumeClaim": {"claimName": claim}} in spec["volumes"]
    assert spec["securityContext"]["fsGroup"] == 0
    assert server_settings(cluster, cluster.nodes[0], PORTS)["log.dirs"] == f"/var/lib/kafka/{volume}/kafka-log0"
    assert [item["metadata"]["name"] for item in volume_claims.all_claims(cluster)] == [claim]


def test_a_claim_says_what_its_storage_does(claims):
    storage = {**CLAIM, "class": "fast", "selector": {"disk": "new"}, "deleteClaim": True}
    (claim,) = claims(storage, labels={"class": "autumn"}, annotations={"example.com/room": "12"})
    assert claim["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "volumeMode": "Filesystem",
        "resources": {"requests": {"storage": "2Gi"}},
        "storageClassName": "fast",
        "selector": {"matchLabels": {"disk": "new"}},
    }
    metadata = claim["metadata"]
    assert metadata["annotations"] == {"strimzi.io/delete-claim": "true", "example.com/room": "12"}
    assert (metadata["labels"]["strimzi.io/pool-name"], metadata["labels"]["class"]) == ("dual-role", "autumn")
    assert [owner["kind"] for owner in metadata["ownerReferences"]] == ["KafkaNodePool"]


def test_a_claim_that_is_not_to_go_has_no_owner(claims):
    (claim,) = claims(CLAIM)
    assert claim["metadata"]["ownerReferences"] == [] and "storageClassName" not in claim["spec"]


def test_a_claim_grows_only_when_it_is_bound_and_not_growing_yet(claims):
    (claim,) = claims(CLAIM)
    spec = {"storageClassName": "standard", "resources": {"requests": {"storage": "1Gi"}}}
    found = {"spec": spec, "status": {"phase": "Bound"}}
    assert growing_class(claim, found) == "standard"
    found["status"]["conditions"] = [{"type": "Resizing", "status": "True"}]
    assert growing_class(claim, found) is None
    assert growing_class(claim, {"spec": spec, "status": {"phase": "Pending"}}) is None


def test_a_claim_without_a_class_cannot_grow():
    assert "does not use any Storage Class" in resize_warning("data-0", "", None)
