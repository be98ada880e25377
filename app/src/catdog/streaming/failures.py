"""Kafka's failures from the service's side: which pass by themselves, which are one topic's, and which end it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import kafka.errors

from catdog.errors import KafkaError, NotAuthorizedError
from catdog.kafka.failures import as_kafka_error
from catdog.kafka.settings import KafkaSettings
from catdog.streaming.settings import StreamSettings

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


class UnusableTopicsError(Exception):
    """Some topics cannot be used, and no other try helps; the others may be.

    errors: why, by topic of pictures.
    """

    def __init__(self, errors: Mapping[str, KafkaError]) -> None:
        super().__init__("; ".join(map(str, errors.values())))
        self.errors = errors


@contextmanager
def passing(settings: StreamSettings, seconds: float) -> Iterator[None]:
    """Turn the client's errors into UnavailableError, UnusableTopicsError, or a KafkaError where no waiting helps.

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
        if isinstance(error.__cause__, kafka.errors.TopicAuthorizationFailedError):
            refused = settings.predictions.keys() & _named(error.__cause__)
            raise UnusableTopicsError({topic: not_allowed(settings.pictures_at(topic)) for topic in refused}) from error
        raise
    except KafkaError as error:
        if isinstance(error.__cause__, _LASTING):
            raise
        raise UnavailableError(str(error)) from error


def not_allowed(topic: KafkaSettings) -> NotAuthorizedError:
    """That the broker says no to this topic."""
    return NotAuthorizedError(
        f"{topic}: not authorized: the service must be allowed to Describe it, and to "
        "Read pictures or to Write predictions; ask your instructor for the right"
    )


def _named(error: kafka.errors.TopicAuthorizationFailedError) -> set[str]:
    """The topics that an error of the client's is about: it has a name or a set of them."""
    return set().union(*({one} if isinstance(one, str) else one for one in error.args))
