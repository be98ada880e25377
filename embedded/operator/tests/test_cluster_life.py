"""Reconciling a cluster, with an API server in memory: what is there afterwards."""

import base64

import pytest
from cluster_lab import SETTINGS, Lab
from embedded_operator.clusters.pod_rollout import MANUAL_ROLLING_UPDATE
from embedded_operator.clusters.writing import MINIMAL_GRACE_PERIOD
from embedded_operator.conditions import PAUSE
from embedded_operator.objects.volume_claims import DELETE_CLAIM
from embedded_operator.topics.resource import FINALIZER

NONSENSE = base64.b64encode(b"nonsense").decode()
AUTHORITY = ("my-cluster-ca", "my-cluster-ca-cert", "my-clients-ca", "my-clients-ca-cert")
PERSISTENT = {"id": 0, "type": "persistent-claim", "size": "2Gi"}


@pytest.fixture
def lab(kafka, compact_pools):
    """One node with an ephemeral volume, settled."""
    lab = Lab(kafka, compact_pools)
    lab.settle()
    return lab


@pytest.fixture
def lasting(kafka, compact_pools):
    """One node with a persistent volume, settled."""
    compact_pools[0]["spec"]["storage"]["volumes"] = [PERSISTENT]
    lab = Lab(kafka, compact_pools)
    lab.settle()
    return lab


def test_a_new_cluster_gets_ready_and_rests(lab):
    assert ("Ready", None) in lab.conditions()
    assert set(lab.pod_uids) == {"my-dual-role-0"} and lab.claims == {}


def test_a_claim_is_made_before_its_pod_and_stays_when_that_goes(lasting):
    before = lasting.claims["data-0-my-dual-role-0"]
    del lasting.server.objects["Pod", "my-dual-role-0"]
    written = lasting.settle()
    assert "Pod my-dual-role-0" in written and not any("PersistentVolumeClaim" in entry for entry in written)
    assert lasting.claims["data-0-my-dual-role-0"] == before
    assert not any(reason == "KafkaStorage" for _, reason in lasting.conditions())


@pytest.mark.parametrize(
    "change", [None, {"data": {"ca.key": NONSENSE, "ca.crt": NONSENSE}}], ids=["deleted", "edited"]
)
def test_a_ca_comes_back_as_it_was_and_nobody_restarts(lab, change):
    before, pods = lab.secrets(*AUTHORITY), lab.pod_uids
    for name in AUTHORITY:
        if change:
            lab.server.change("Secret", name, change)
        else:
            del lab.server.objects["Secret", name]
    lab.settle()
    after = lab.secrets(*AUTHORITY)
    assert all(before[name].items() <= after[name].items() for name in AUTHORITY)
    assert lab.pod_uids == pods and ("Ready", None) in lab.conditions()


def test_a_ca_that_a_new_operator_does_not_know_is_made_anew(lab):
    before, pods = lab.secrets(*AUTHORITY), lab.pod_uids
    lab.server.change("Secret", "my-cluster-ca", {"data": {"ca.key": NONSENSE}})
    lab.restart_operator()
    lab.settle()
    after = lab.secrets(*AUTHORITY)
    assert {name for name in AUTHORITY if after[name] == before[name]} >= {"my-clients-ca", "my-clients-ca-cert"}
    assert after["my-cluster-ca"]["ca.key"] != NONSENSE
    assert after["my-cluster-ca-cert"] != before["my-cluster-ca-cert"]
    assert lab.pod_uids != pods and ("Ready", None) in lab.conditions()


def test_a_nodes_secret_without_its_certificate_gets_one_and_nobody_restarts(lab):
    node, pods = "my-dual-role-0", lab.pod_uids
    lab.server.change("Secret", node, {"data": {f"{node}.crt": None}})
    lab.settle()
    assert all(lab.secrets(node)[node][f"{node}.{part}"] for part in ("crt", "key"))
    assert lab.pod_uids == pods and ("Ready", None) in lab.conditions()


def test_a_cluster_that_is_made_again_has_cas_of_its_own(lab, kafka):
    before = lab.secrets("my-cluster-ca-cert")
    lab.remove()
    lab.settle()
    for name in lab.server.of("Secret"):
        del lab.server.objects["Secret", name]
    lab.server.put({"kind": "Kafka", **kafka})
    lab.settle()
    assert lab.secrets("my-cluster-ca-cert") != before


def test_claims_outlive_the_kafka(lasting):
    lasting.server.change("Kafka", "my", {"metadata": {"deletionTimestamp": "now"}})
    lasting.settle()
    assert lasting.pod_uids == {} and set(lasting.claims) == {"data-0-my-dual-role-0"}


@pytest.mark.parametrize(("which", "grace"), [("lab", MINIMAL_GRACE_PERIOD), ("lasting", None)])
def test_a_pod_of_a_deleted_kafka_has_time_to_end_where_it_keeps_data(request, which, grace):
    own = request.getfixturevalue(which)
    own.remove()
    own.settle()
    assert own.pod_uids == {} and own.server.graces["Pod", "my-dual-role-0"] == grace


def test_another_type_of_storage_is_refused_and_the_old_one_kept(lab):
    before = lab.pod_uids
    lab.set_volumes(PERSISTENT)
    lab.settle()
    assert lab.conditions("KafkaNodePool", "dual-role") == [("Warning", "KafkaStorage")]
    assert ("Ready", None) in lab.conditions()
    assert lab.pod_uids == before and lab.claims == {}
    lab.set_volumes({"id": 0, "type": "ephemeral"})
    lab.settle()
    assert lab.conditions("KafkaNodePool", "dual-role") == [] and lab.pod_uids == before


def test_a_volume_grows_where_its_class_allows_it(lasting):
    lasting.server.put({"kind": "StorageClass", "metadata": {"name": "standard"}, "allowVolumeExpansion": True})
    before = lasting.pod_uids
    lasting.set_volumes({**PERSISTENT, "size": "3Gi"})
    lasting.settle()
    (claim,) = lasting.claims.values()
    assert claim["spec"]["resources"]["requests"]["storage"] == "3Gi"
    assert lasting.pod_uids == before


def test_a_volume_that_grows_unmounted_restarts_nobody(lasting):
    pending = {"type": "FileSystemResizePending", "status": "True"}
    lasting.server.change("PersistentVolumeClaim", "data-0-my-dual-role-0", {"status": {"conditions": [pending]}})
    before = lasting.pod_uids
    lasting.settle()
    assert lasting.pod_uids == before


@pytest.mark.parametrize("there", [True, False], ids=["a class that cannot", "no such class"])
def test_a_volume_that_cannot_grow_is_warned_of(lasting, there):
    if there:
        lasting.server.put({"kind": "StorageClass", "metadata": {"name": "standard"}})
    lasting.set_volumes({**PERSISTENT, "size": "3Gi"})
    lasting.settle()
    (claim,) = lasting.claims.values()
    assert claim["spec"]["resources"]["requests"]["storage"] == "2Gi"
    assert ("Warning", "PvcResizingWarning") in lasting.conditions() and ("Ready", None) in lasting.conditions()


def test_whether_a_claim_goes_with_its_pool_can_be_changed(lasting):
    def claim():
        metadata = next(iter(lasting.claims.values()))["metadata"]
        return metadata["annotations"][DELETE_CLAIM], [owner["kind"] for owner in metadata["ownerReferences"]]

    assert claim() == ("false", [])
    lasting.set_volumes({**PERSISTENT, "deleteClaim": True})
    lasting.settle()
    assert claim() == ("true", ["KafkaNodePool"])
    lasting.set_volumes(PERSISTENT)
    lasting.settle()
    assert claim() == ("false", [])


@pytest.mark.parametrize("delete_claim", [True, False])
def test_the_claim_of_a_removed_volume_goes_only_where_it_is_to(lasting, delete_claim):
    more = {"id": 1, "type": "persistent-claim", "size": "1Gi", "deleteClaim": delete_claim}
    lasting.set_volumes(PERSISTENT, more)
    lasting.settle()
    assert set(lasting.claims) == {"data-0-my-dual-role-0", "data-1-my-dual-role-0"}
    lasting.set_volumes(PERSISTENT)
    written = lasting.settle()
    assert ("data-1-my-dual-role-0" in lasting.claims) is not delete_claim
    if delete_claim:
        gone = written.index("delete PersistentVolumeClaim data-1-my-dual-role-0")
        assert written.index("Pod my-dual-role-0") < gone


def test_a_label_that_is_taken_off_goes_from_what_has_it(lab):
    def classes():
        kinds = ("Service", "Secret", "Deployment", "ServiceAccount")
        return {i["metadata"]["labels"].get("class") for k in kinds for i in lab.server.of(k).values()}

    lab.server.change("Kafka", "my", {"metadata": {"labels": {"class": "autumn"}}})
    lab.settle()
    assert "autumn" in classes()
    lab.server.change("Service", "my-kafka-bootstrap", {"metadata": {"labels": {"of": "somebody"}}})
    lab.server.change("Kafka", "my", {"metadata": {"labels": {"class": None}}})
    lab.settle()
    assert classes() == {None}
    assert lab.server.of("Service")["my-kafka-bootstrap"]["metadata"]["labels"]["of"] == "somebody"


def test_a_paused_kafka_is_left_alone(lab):
    before = lab.pod_uids
    lab.server.change("Kafka", "my", {"metadata": {"annotations": {PAUSE: "true"}, "generation": 4}})
    lab.server.change("Kafka", "my", {"spec": {"kafka": {"config": {"num.io.threads": 3}}}})
    del lab.server.objects["Service", "my-kafka-bootstrap"]
    assert lab.settle() == ["Kafka my/status"]
    assert lab.conditions() == [("ReconciliationPaused", None)]
    assert lab.server.of("Kafka")["my"]["status"]["observedGeneration"] == 3
    assert lab.reconcile() == SETTINGS.reconciliation_interval  # the end of the pause may be missed
    lab.server.change("Kafka", "my", {"metadata": {"annotations": {PAUSE: "false"}}})
    lab.settle()
    assert ("Ready", None) in lab.conditions() and ("ReconciliationPaused", None) not in lab.conditions()
    assert "my-kafka-bootstrap" in lab.server.of("Service") and lab.pod_uids != before


def test_a_kafka_may_begin_paused(kafka, compact_pools):
    kafka["metadata"]["annotations"] = {PAUSE: "true"}
    lab = Lab(kafka, compact_pools)
    assert lab.settle() == ["Kafka my/status"]
    assert lab.server.of("Kafka")["my"]["status"]["observedGeneration"] == 0
    lab.server.change("Kafka", "my", {"metadata": {"annotations": None}})
    lab.settle()
    assert lab.conditions()[-1] == ("Ready", None)


def test_pods_are_restarted_as_asked_for_one_at_a_time(kafka, full_pools):
    lab = Lab(kafka, full_pools)
    lab.settle()
    before, asked = lab.pod_uids, ("my-kafka-3", "my-controller-1")
    for name in asked:
        lab.server.change("Pod", name, {"metadata": {"annotations": {MANUAL_ROLLING_UPDATE: "true"}}})
    written = [entry for entry in lab.settle() if "Pod" in entry]
    first, second = reversed(asked)
    assert written == [f"delete Pod {first}", f"Pod {first}", f"delete Pod {second}", f"Pod {second}"]
    assert {name for name, uid in lab.pod_uids.items() if uid != before[name]} == set(asked)
    assert not any(MANUAL_ROLLING_UPDATE in p["metadata"]["annotations"] for p in lab.server.of("Pod").values())


def test_topics_that_end_lose_their_finalizer_when_their_cluster_is_gone(lab):
    lab.topic("ends", deletionTimestamp="now")
    lab.topic("others-hold-it", "example.org/other", deletionTimestamp="now")
    lab.topic("stays")
    before = lab.server.of("KafkaTopic")
    lab.settle()
    lab.server.change("Kafka", "my", {"metadata": {"deletionTimestamp": "now"}})
    lab.settle()
    assert lab.server.of("KafkaTopic") == before
    lab.remove()
    lab.settle()
    finalizers = {name: topic["metadata"].get("finalizers") for name, topic in lab.server.of("KafkaTopic").items()}
    assert finalizers == {"ends": None, "others-hold-it": ["example.org/other"], "stays": [FINALIZER]}
