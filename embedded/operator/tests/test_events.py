"""Which events are to be acted on, and what they tell of a cluster's resources."""

import pytest
from embedded_operator.kubernetes.events import EventFilter, WatchedResources


def topic(cluster="my", **metadata):
    own = {"name": "rhte", "namespace": "lab", "uid": "1", "generation": 1, "labels": {"strimzi.io/cluster": cluster}}
    return {"metadata": {**own, **metadata}}


@pytest.fixture
def resources():
    return WatchedResources("KafkaTopic", "my")


def test_a_written_status_is_no_news():
    events = EventFilter()
    assert events.is_new("KafkaTopic", topic(), None)
    assert not events.is_new("KafkaTopic", topic(resourceVersion="2"), "MODIFIED")


@pytest.mark.parametrize(
    "change",
    [
        {"uid": "2"},
        {"generation": 2},
        {"annotations": {"strimzi.io/pause-reconciliation": "true"}},
        {"labels": {}},
        {"deletionTimestamp": "now"},
    ],
)
def test_a_change_is_news(change):
    events = EventFilter()
    events.is_new("KafkaTopic", topic(), None)
    assert events.is_new("KafkaTopic", topic(**change), "MODIFIED")


def test_a_resource_that_is_made_again_as_it_was_is_news():
    events = EventFilter()
    for event_type in (None, "DELETED", "ADDED"):
        assert events.is_new("KafkaTopic", topic(), event_type)


def test_what_is_listed_is_news_as_a_change_and_its_undoing_may_have_been_missed():
    events = EventFilter()
    assert events.is_new("Kafka", topic(), None)
    assert events.is_new("Kafka", topic(), None)


def test_a_resource_of_another_cluster_is_none_of_ours(resources):
    assert not resources.observe(topic("other"), "ADDED")
    assert not resources.observe(topic("other"), "DELETED")
    assert not resources.present and not resources.deleted


def test_a_resource_that_left_the_cluster_is_reconciled_once_more(resources):
    assert resources.observe(topic(), "ADDED")
    assert resources.observe(topic("other"), "MODIFIED") and not resources.present
    assert not resources.observe(topic("other", generation=2), "MODIFIED")


def test_a_deleted_resource_is_kept_as_it_last_was_until_it_is_forgotten(resources):
    resources.observe(topic(), "ADDED")
    assert resources.observe(topic(generation=2), "DELETED")
    assert not resources.present and resources.deleted == {"rhte": topic(generation=2)}
    resources.forget(resources.deleted["rhte"])
    assert not resources.deleted


def test_a_later_deletion_is_not_forgotten_with_an_earlier_one(resources):
    resources.observe(topic(), "DELETED")
    earlier = resources.deleted["rhte"]
    resources.observe(topic(uid="2"), "DELETED")
    resources.forget(earlier)
    assert resources.deleted == {"rhte": topic(uid="2")}


def test_what_was_seen_last_is_kept(resources):
    resources.observe(topic(), "ADDED")
    assert not resources.observe(topic(resourceVersion="2"), "MODIFIED")
    assert resources.present == {"rhte": topic(resourceVersion="2")}
