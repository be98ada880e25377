"""Why Kafka failed, in an attendee's words: the client's exceptions say only that time is up, its log says why."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import kafka.errors

from catdog.errors import KafkaError
from catdog.kafka_settings import KafkaSettings

# A part of the client's reason, and what to do about it.
_HINTS = (
    (
        "CERTIFICATE_VERIFY_FAILED",
        "KAFKA_SSL_CAFILE must be the certificate of the brokers' CA (the cluster's ca.crt), "
        "and the address one that the broker's certificate names",
    ),
    ("Invalid frame length", "the broker talks TLS here: set KAFKA_SECURITY_PROTOCOL=SSL"),
    ("UNEXPECTED_EOF", "the broker talks no TLS here: set KAFKA_SECURITY_PROTOCOL=PLAINTEXT, or take its TLS listener"),
    ("WRONG_VERSION", "the broker talks no TLS here: set KAFKA_SECURITY_PROTOCOL=PLAINTEXT, or take its TLS listener"),
    ("DNS", "the host's name is unknown here: check KAFKA_BOOTSTRAP_SERVERS"),
    ("REFUSED", "nothing listens there: check KAFKA_BOOTSTRAP_SERVERS and that the brokers run"),
)


class _LastLoss(logging.Handler):
    """Keeps why the client's last connection was lost."""

    reason = ""

    def emit(self, record: logging.LogRecord) -> None:
        _, lost, reason = record.getMessage().partition("Connection lost: ")
        if lost and "socket disconnected" not in reason:
            self.reason = reason


_last_loss = _LastLoss()


def listen_to_client() -> None:
    """Keep the client's log to ourselves: what matters of it comes in our errors."""
    client_log = logging.getLogger("kafka")
    if _last_loss not in client_log.handlers:
        client_log.addHandler(_last_loss)
        client_log.propagate = False


@contextmanager
def in_words(settings: KafkaSettings, seconds: float) -> Iterator[None]:
    """Turn the client's errors into KafkaError. seconds: the bound that a time-out has reached."""
    listen_to_client()
    try:
        yield
    except kafka.errors.AuthorizationError as error:
        raise KafkaError(f"{settings}: this user is not allowed to read it: {error}") from error
    except (kafka.errors.KafkaConnectionError, kafka.errors.KafkaTimeoutError) as error:
        reason = _last_loss.reason or str(error)
        hint = next((hint for part, hint in _HINTS if part in reason), "check KAFKA_BOOTSTRAP_SERVERS and the brokers")
        raise KafkaError(f"{settings}: no broker answers within {seconds:g} s: {reason}; {hint}") from error
    except kafka.errors.KafkaError as error:
        raise KafkaError(f"{settings}: {type(error).__name__}: {error}") from error
    except ssl.SSLError as error:
        raise KafkaError(f"{settings}: {settings.ca_file} holds no certificate in PEM format: {error}") from error
