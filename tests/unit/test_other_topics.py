"""Which topics go where only the lab's own are to stay."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def module(load_plugin):
    return load_plugin("filter/other_topics")


def resource(name: str, topic: str | None = None) -> dict:
    return {"metadata": {"name": name}, "spec": {"topicName": topic} if topic else {}}


def test_all_but_the_kept_go_where_the_kafka_is_the_attendees(module) -> None:
    found = [resource("rhte"), resource("mine"), resource("my-pictures.v1-e9a9e0c5", "My_Pictures.v1")]
    assert module.other_topic_resources(found, ["rhte"], "") == ["mine", "my-pictures.v1-e9a9e0c5"]
    assert module.other_topic_resources(found, ["rhte", "My_Pictures.v1"], "") == ["mine"]


def test_a_resource_that_claims_the_labs_topic_by_another_name_goes(module) -> None:
    assert module.other_topic_resources([resource("other", "rhte")], ["rhte"], "") == ["other"]


def test_only_the_attendees_go_where_the_kafka_is_shared(module) -> None:
    found = [resource("rhte-ann"), resource("rhte-ann.mine"), resource("rhte-anna"), resource("x", "rhte-ann.Mine")]
    assert module.other_topic_resources(found, ["rhte-ann"], "rhte-ann.") == ["rhte-ann.mine", "x"]


def test_of_what_kafka_lists_its_own_topics_stay(module) -> None:
    listed = ["__consumer_offsets", "strimzi.cruisecontrol", "rhte", " by-hand ", "", "rhte.mine"]
    assert module.other_topics(listed, ["rhte"], "") == ["by-hand", "rhte.mine"]
    assert module.other_topics(listed, ["rhte"], "rhte.") == ["rhte.mine"]
