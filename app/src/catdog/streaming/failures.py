"""Kafka's failures from the service's side: which pass by themselves, and which end it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import kafka.errors
from kafka import KafkaAdminClient

from catdog.errors import KafkaError, NotAuthorizedError
from catdog.kafka.failures import as_kafka_error
from catdog.kafka.settings import KafkaSettings
from catdog.streaming.settings import PREDICTIONS, StreamSettings

ASK_SECONDS = 5
RETRY_SECONDS = 1
# What no waiting heals: a file that holds no certificate, an option, a login.
_LASTING = (
    ssl.SSLError,
    kafka.errors.KafkaConfigurationError,
    kafka.errors.SaslAuthenticationFailedError,
    kafka.errors.UnsupportedSaslMechanismError,
    kafka.errors.IllegalSaslStateError,
)


class UnavailableError(Exception):
    """Kafka does not do its part just now, as the message says: worth another try."""


@contextmanager
def passing(settings: StreamSettings, seconds: float) -> Iterator[None]:
    """Turn the client's errors into UnavailableError, or into a KafkaError where no waiting helps.

    seconds: the bound that a time-out has reached.
    """
    try:
        with as_kafka_error(settings.kafka, seconds):
            yield
    except NotAuthorizedError as error:
        if isinstance(error.__cause__, kafka.errors.GroupAuthorizationFailedError):
            raise NotAuthorizedError(
                f"{settings.kafka}: not authorized: the broker does not allow us to be in the consumer group "
                f"{settings.group}; set KAFKA_GROUP to one that you may use, or ask your instructor for the right to "
                "Read it"
            ) from error
        raise
    except KafkaError as error:
        if isinstance(error.__cause__, _LASTING):
            raise
        raise UnavailableError(str(error)) from error


def check_topics(settings: StreamSettings) -> None:
    """Ask for both topics by name, in a way that no broker creates them.

    Raises KafkaError for one that does not exist, NotAuthorizedError for one that may not be seen, UnavailableError
    where no broker answers.
    """
    bound = ASK_SECONDS * 1000
    with passing(settings, ASK_SECONDS):
        admin = KafkaAdminClient(
            **settings.kafka.client_options(), bootstrap_timeout_ms=bound, request_timeout_ms=bound
        )
        try:
            described = admin.describe_topics([settings.kafka.topic, settings.predictions])
        finally:
            admin.close()
    found = {one["name"]: one["error_code"] for one in described}
    for topic, variable in ((settings.kafka, "KAFKA_TOPIC"), (settings.predictions_settings, PREDICTIONS)):
        if found[topic.topic] == kafka.errors.UnknownTopicOrPartitionError.errno:
            raise KafkaError(f"{topic}: this topic does not exist: create it, or set {variable} to one that does")
        if found[topic.topic] == kafka.errors.InvalidTopicError.errno:
            raise KafkaError(
                f"{topic}: this is no name for a topic: set {variable} to at most 249 of the letters a-z, A-Z, 0-9, "
                "., _ and -"
            )
        if found[topic.topic] == kafka.errors.TopicAuthorizationFailedError.errno:
            raise not_allowed(topic)


def not_allowed(topic: KafkaSettings) -> NotAuthorizedError:
    """That the broker says no to this topic."""
    return NotAuthorizedError(
        f"{topic}: not authorized: the service must be allowed to Describe it, and to "
        "Read pictures or to Write predictions; ask your instructor for the right"
    )
