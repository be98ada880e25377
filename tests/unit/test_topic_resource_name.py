"""Names of the KafkaTopics that stand for topics."""

from __future__ import annotations

import re

import pytest


@pytest.fixture
def filters(load_plugin):
    return load_plugin("filter/topic_resource_name")


@pytest.mark.parametrize("topic", ["rhte", "rhte-2", "my.pictures-v1", "9", "a" * 249])
def test_a_name_that_kubernetes_takes_stays(filters, topic):
    assert filters.topic_resource_name(topic) == topic


@pytest.mark.parametrize(
    ("topic", "readable"),
    [
        ("My_Pictures.v1", "my-pictures.v1-"),
        ("my_pictures.v1", "my-pictures.v1-"),
        ("-rhte-", "rhte-"),
        ("a..b", "a.b-"),
        ("a.-b", "a.b-"),
        ("...", ""),
        ("_", ""),
        ("A" * 249, "a" * 244 + "-"),
    ],
)
def test_another_name_is_made_fit_and_marked(filters, topic, readable):
    name = filters.topic_resource_name(topic)
    assert re.fullmatch(re.escape(readable) + "[0-9a-f]{8}", name)
    assert filters.OBJECT_NAME.fullmatch(name)
    assert len(name) <= filters.LONGEST_NAME


def test_each_topic_has_a_name_of_its_own_that_stays(filters):
    topics = ["My_Pictures.v1", "my_pictures.v1", "my-pictures.v1", "MY_PICTURES.V1"]
    names = [filters.topic_resource_name(topic) for topic in topics]
    assert len(set(names)) == len(topics)
    assert names[0] == "my-pictures.v1-e9a9e0c5"
