"""Every pod meets the restricted level of the Pod Security Standards."""

from pathlib import Path

import pytest
import yaml
from embedded_operator.objects import entity_operator, pods

MANIFESTS = Path(__file__).resolve().parent.parent / "manifests"
HARMLESS = {"configMap", "emptyDir", "persistentVolumeClaim", "secret"}  # of the kinds of volumes that the level allows


@pytest.fixture(params=["a Kafka node", "the entity operator", "the cluster operator"])
def pod(request, parse, kafka, compact_pools):
    """The specification of each pod there is."""
    compact_pools[0]["spec"]["storage"]["volumes"].append({"id": 1, "type": "persistent-claim", "size": "1Gi"})
    kafka["spec"]["entityOperator"]["userOperator"] = {}
    cluster = parse(kafka, compact_pools)
    if request.param == "a Kafka node":
        return pods.pod_of(cluster, cluster.nodes[0], {"data": {}}, "1")["spec"]
    if request.param == "the entity operator":
        deployment = entity_operator.all_objects(cluster, {"topic": "operator:1", "user": "operator:1"}, "1")[-1]
    else:
        deployment = yaml.safe_load((MANIFESTS / "060-Deployment-strimzi-cluster-operator.yaml").read_text())
    return deployment["spec"]["template"]["spec"]


def test_a_pod_asks_for_nothing_that_the_restricted_level_refuses(pod):
    assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers"} & set(pod)
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert {kind for volume in pod["volumes"] for kind in volume if kind != "name"} <= HARMLESS
    for container in pod["containers"]:
        context = container["securityContext"]
        assert context["allowPrivilegeEscalation"] is False and not context.get("privileged")
        assert context["capabilities"] == {"drop": ["ALL"]} and context["runAsNonRoot"] is True
        assert not any("hostPort" in port for port in container["ports"])
