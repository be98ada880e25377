"""Why Kafka failed, in an attendee's words: the client's exceptions say only that time is up, its log says why."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import kafka.errors

from catdog.errors import KafkaError
from catdog.kafka.settings import KafkaSettings

# A part of the client's reason, and what to do about it.
_NO_LOGIN = "this client has none to give: ask your instructor for a listener without authentication"
_HINTS = (
    # Before the certificate of the broker: these are about ours.
    ("CERTIFICATE_REQUIRED", f"the broker wants a client certificate, and {_NO_LOGIN}"),
    ("ALERT_BAD_CERTIFICATE", f"the broker wants a client certificate, and {_NO_LOGIN}"),
    ("ALERT_HANDSHAKE_FAILURE", f"the broker wants a client certificate, and {_NO_LOGIN}"),
    (
        "CERTIFICATE_VERIFY_FAILED",
        "KAFKA_SSL_CAFILE must be the certificate of the brokers' CA (the cluster's ca.crt), "
        "and the address one that the broker's certificate names",
    ),
    ("Invalid frame length", "the broker talks TLS here: set KAFKA_SECURITY_PROTOCOL=SSL"),
    ("UNEXPECTED_EOF", "the broker talks no TLS here: set KAFKA_SECURITY_PROTOCOL=PLAINTEXT, or take its TLS listener"),
    ("WRONG_VERSION", "the broker talks no TLS here: set KAFKA_SECURITY_PROTOCOL=PLAINTEXT, or take its TLS listener"),
    ("DNS", "the host's name is unknown here: check KAFKA_BOOTSTRAP_SERVERS"),
    (
        "socket disconnected",
        f"the broker hangs up: it may still be starting, or it wants a login, and {_NO_LOGIN}",
    ),
    ("REFUSED", "nothing listens there: check KAFKA_BOOTSTRAP_SERVERS and that the brokers run"),
)
_REFUSED_LOGINS = (
    kafka.errors.SaslAuthenticationFailedError,
    kafka.errors.IllegalSaslStateError,
    kafka.errors.UnsupportedSaslMechanismError,
)
# A broker that wants a login hangs up on whoever asks before having logged in.
_HUNG_UP = "socket disconnected"


class _LastLoss(logging.Handler):
    """Keeps why the client's last connection was lost."""

    reason = ""

    def emit(self, record: logging.LogRecord) -> None:
        _, lost, reason = record.getMessage().partition("Connection lost: ")
        # That the socket went says least: it never hides a better reason.
        if lost and (_HUNG_UP not in reason or not self.reason):
            self.reason = reason


_last_loss = _LastLoss()


def listen_to_client() -> None:
    """Keep the client's log to ourselves: what matters of it comes in our errors."""
    client_log = logging.getLogger("kafka")
    if _last_loss not in client_log.handlers:
        client_log.addHandler(_last_loss)
        client_log.propagate = False


@contextmanager
def as_kafka_error(settings: KafkaSettings, seconds: float) -> Iterator[None]:
    """Turn the client's errors into KafkaError. seconds: the bound that a time-out has reached."""
    listen_to_client()
    _last_loss.reason = ""
    try:
        yield
    except kafka.errors.AuthorizationError as error:
        raise KafkaError(
            f"{settings}: the broker does not allow us to read it: {error}; ask your instructor for the right "
            "to Describe and Read this topic, or for another topic"
        ) from error
    except _REFUSED_LOGINS as error:
        raise KafkaError(f"{settings}: the broker refuses the login: {error}; {_NO_LOGIN}") from error
    except kafka.errors.UnknownTopicOrPartitionError as error:
        raise KafkaError(
            f"{settings}: this topic does not exist (any more): create it, or set KAFKA_TOPIC to one that does"
        ) from error
    except (kafka.errors.KafkaConnectionError, kafka.errors.KafkaTimeoutError) as error:
        reason = _last_loss.reason or str(error)
        hint = next((hint for part, hint in _HINTS if part in reason), "check KAFKA_BOOTSTRAP_SERVERS and the brokers")
        raise KafkaError(f"{settings}: no broker answers within {seconds:g} s: {reason}; {hint}") from error
    except kafka.errors.KafkaError as error:
        raise KafkaError(f"{settings}: {type(error).__name__}: {error}") from error
    except ssl.SSLError as error:
        raise KafkaError(f"{settings}: {settings.ca_file} holds no certificate in PEM format: {error}") from error
