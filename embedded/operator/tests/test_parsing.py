"""What is read from Kafka and KafkaNodePool, and what is refused and how."""

import pytest
from embedded_operator.errors import (
    InvalidConfigurationError,
    InvalidResourceError,
    OperatorError,
    UnsupportedKafkaVersionError,
)


def refusal(parse, kafka, pools) -> str:
    with pytest.raises(InvalidResourceError) as caught:
        parse(kafka, pools)
    assert caught.value.reason == "InvalidResourceException"
    return str(caught.value)


def test_node_ids_run_on_over_pools_in_order_of_names(parse, kafka, full_pools):
    cluster = parse(kafka, full_pools)
    names = [node.pod_name for node in cluster.nodes]
    assert names == ["my-controller-0", "my-controller-1", "my-controller-2", "my-kafka-3", "my-kafka-4", "my-kafka-5"]
    assert [node.id for node in cluster.brokers] == [3, 4, 5]


def test_a_node_keeps_its_id_when_an_earlier_pool_grows(parse, kafka, full_pools):
    full_pools[0]["status"] = {"nodeIds": [3, 4, 5]}
    full_pools[1]["status"] = {"nodeIds": [0, 1, 2]}
    full_pools[1]["spec"]["replicas"] = 4
    cluster = parse(kafka, full_pools)
    assert [pool.node_ids for pool in cluster.pools] == [(0, 1, 2, 6), (3, 4, 5)]


def test_ids_of_pods_count_before_the_pools_status_is_written(parse, kafka, full_pools):
    cluster = parse(kafka, full_pools, {"kafka": {0, 1, 2}})
    assert [pool.node_ids for pool in cluster.pools] == [(3, 4, 5), (0, 1, 2)]


def test_scaling_down_is_refused(parse, kafka, full_pools):
    full_pools[0]["status"] = {"nodeIds": [3, 4, 5]}
    full_pools[0]["spec"]["replicas"] = 2
    assert "scaling spec.replicas down from 3 to 2" in refusal(parse, kafka, full_pools)


def test_no_pools(parse, kafka):
    with pytest.raises(InvalidConfigurationError, match=r"^No KafkaNodePools found for Kafka cluster my$") as caught:
        parse(kafka, [])
    assert caught.value.reason == "InvalidConfigurationException"


def test_other_kafka_version(parse, kafka, compact_pools):
    kafka["spec"]["kafka"]["version"] = "3.9.0"
    message = r"Unsupported Kafka.spec.kafka.version: 3.9.0. Supported versions are: \[4.3.1\]"
    with pytest.raises(UnsupportedKafkaVersionError, match=message) as caught:
        parse(kafka, compact_pools)
    assert caught.value.reason == "UnsupportedKafkaVersionException"


def test_an_image_of_its_own_goes_before_the_versions(parse, kafka, compact_pools):
    assert parse(kafka, compact_pools).image == "localhost/catdog-lab/kafka:test"
    kafka["spec"]["kafka"]["image"] = "localhost/own:1"
    assert parse(kafka, compact_pools).image == "localhost/own:1"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda k: k["kafka"].update(rack={"topologyKey": "zone"}), "spec.kafka.rack"),
        (
            lambda k: k["kafka"]["listeners"][2].update(authentication={"type": "custom"}),
            "spec.kafka.listeners[2].authentication.type custom",
        ),
        (
            lambda k: k["kafka"]["listeners"][2].update(authentication={"type": "tls", "sasl": True}),
            "spec.kafka.listeners[2].authentication.sasl",
        ),
        (lambda k: k["kafka"].update(authorization={"type": "custom"}), "spec.kafka.authorization.type custom"),
        (
            lambda k: k["entityOperator"].update(userOperator={"secretPrefix": "my-"}),
            "spec.entityOperator.userOperator.secretPrefix",
        ),
        (
            lambda k: k["entityOperator"].update(userOperator={"logging": {"type": "external"}}),
            "spec.entityOperator.userOperator.logging.type external",
        ),
        (
            lambda k: k["entityOperator"]["topicOperator"].update(
                logging={"type": "inline", "loggers": {"kafka": "OFF"}}
            ),
            "spec.entityOperator.topicOperator.logging.loggers.kafka",
        ),
        (lambda k: k.update(cruiseControl={}), "spec.cruiseControl"),
        (lambda k: k["kafka"]["listeners"][0].update(type="loadbalancer"), "spec.kafka.listeners[0].type loadbalancer"),
        (lambda k: k["kafka"].update(metadataVersion="3.9"), "spec.kafka.metadataVersion 3.9"),
    ],
)
def test_unsupported_fields_are_named(parse, kafka, compact_pools, change, path):
    change(kafka["spec"])
    assert path in refusal(parse, kafka, compact_pools)


def test_unsupported_fields_of_a_pool_are_named(parse, kafka, compact_pools):
    compact_pools[0]["spec"]["template"] = {"pod": {"affinity": {}}}
    assert "KafkaNodePool lab/dual-role: the embedded operator does not support spec.template.pod.affinity" in refusal(
        parse, kafka, compact_pools
    )


@pytest.mark.parametrize("kind", ["pod", "persistentVolumeClaim"])
@pytest.mark.parametrize("which", ["labels", "annotations"])
def test_a_template_cannot_set_strimzis_own(parse, kafka, compact_pools, kind, which):
    compact_pools[0]["spec"]["template"] = {kind: {"metadata": {which: {"strimzi.io/pool-name": "another"}}}}
    assert "[strimzi.io/pool-name]" in refusal(parse, kafka, compact_pools)


def test_a_pools_template_goes_before_the_kafkas(parse, kafka, full_pools):
    kafka["spec"]["kafka"]["template"] = {"pod": {"metadata": {"labels": {"of": "kafka"}}}}
    full_pools[0]["spec"]["template"] = {"persistentVolumeClaim": {"metadata": {"labels": {"of": "pool"}}}}
    controller, brokers = parse(kafka, full_pools).pools
    assert controller.pod_metadata.labels == {"of": "kafka"} and controller.claim_metadata.labels == {}
    assert brokers.pod_metadata.labels == {} and brokers.claim_metadata.labels == {"of": "pool"}


def test_storage_that_cannot_be_changed_so_stays_with_a_warning(parse, kafka, compact_pools):
    current = {"type": "jbod", "volumes": [{"id": 0, "type": "persistent-claim", "size": "2Gi"}]}
    (pool,) = parse(kafka, compact_pools, storages={"dual-role-uid": current}).pools
    assert pool.storage == current and pool.volumes[0].persistent
    assert "KafkaNodePool resource lab/dual-role contains changes which are not allowed" in pool.storage_warning
    assert "volume 0: type from persistent-claim to ephemeral" in pool.storage_warning


def test_a_cluster_without_controllers_is_refused(parse, kafka, full_pools):
    assert "controller role" in refusal(parse, kafka, full_pools[:1])


def test_config_value_that_kafka_cannot_read(parse, kafka, compact_pools):
    kafka["spec"]["kafka"]["config"] = {"num.io.threads": "many"}
    message = refusal(parse, kafka, compact_pools)
    assert message == "Kafka lab/my has invalid spec.kafka.config: num.io.threads has value 'many' which is not an int"


def test_managed_config_is_left_out(parse, kafka, compact_pools):
    kafka["spec"]["kafka"]["config"] = {"log.dirs": "/tmp", "log.retention.ms": 1, "ssl.protocol": "TLSv1.3"}
    assert parse(kafka, compact_pools).config == {"log.retention.ms": "1", "ssl.protocol": "TLSv1.3"}


def test_a_level_that_log4j_does_not_know(parse, kafka, compact_pools):
    logging = {"type": "inline", "loggers": {"rootLogger.level": "LOUD"}}
    kafka["spec"]["entityOperator"]["topicOperator"]["logging"] = logging
    assert "rootLogger.level LOUD is none of OFF, " in refusal(parse, kafka, compact_pools)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda ls: ls[1].update(port=9092), "every listener needs to have a unique port number"),
        (lambda ls: ls[1].update(name="plain"), "every listener needs to have a unique name"),
        (lambda ls: ls[1].update(port=9404), "port 9404 is forbidden"),
        (lambda ls: ls[0].update(authentication={"type": "tls"}), "plain cannot use tls type authentication"),
        (lambda ls: ls[2].update(type="internal"), "bootstrap.nodePort because it is not NodePort"),
    ],
)
def test_listeners_that_do_not_fit(parse, kafka, compact_pools, change, message):
    change(kafka["spec"]["kafka"]["listeners"])
    assert message in refusal(parse, kafka, compact_pools)


def test_every_refusal_has_a_reason_of_its_own():
    reasons = [error.reason for error in OperatorError.__subclasses__()]
    assert len(reasons) == len(set(reasons)) and "InternalError" not in reasons
