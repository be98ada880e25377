"""When an object in the cluster is written again."""

from embedded_operator.objects import services
from embedded_operator.objects.comparison import is_as_desired
from embedded_operator.objects.metadata import REVISION


def test_defaults_that_kubernetes_adds_do_not_matter(parse, kafka, compact_pools):
    desired = services.internal_services(parse(kafka, compact_pools))[0]
    actual = {**desired, "status": {}, "spec": {**desired["spec"], "clusterIP": "10.0.0.1", "sessionAffinity": "None"}}
    assert is_as_desired(actual, desired)


def test_what_is_edited_by_hand_is_seen(parse, kafka, compact_pools):
    desired = services.internal_services(parse(kafka, compact_pools))[0]
    actual = {**desired, "spec": {**desired["spec"], "ports": desired["spec"]["ports"][:1]}}
    assert not is_as_desired(actual, desired)
    assert not is_as_desired(None, desired)


def test_a_deployment_is_compared_by_its_revision():
    def deployment(revision, replicas=1, pods=None):
        template = {"metadata": {"annotations": {REVISION: pods or revision}}}
        metadata = {"annotations": {REVISION: revision}}
        return {"kind": "Deployment", "metadata": metadata, "spec": {"replicas": replicas, "template": template}}

    assert is_as_desired(deployment("1"), deployment("1"))
    assert not is_as_desired(deployment("1"), deployment("2"))
    assert not is_as_desired(deployment("2", pods="1"), deployment("2"))
    assert not is_as_desired(deployment("1", replicas=0), deployment("1"))
