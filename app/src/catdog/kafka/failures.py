"""Why Kafka failed, in an attendee's words: the client's exceptions say only that time is up, its log says why."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import kafka.errors

from catdog.errors import KafkaError, NotAuthorizedError
from catdog.kafka.settings import KafkaSettings

_NO_LOGIN = "this client has none to give: ask your instructor for a listener without authentication"
# What a broker ends the handshake with because of our certificate: there is none, or it does not trust it.
_OF_OUR_CERTIFICATE = (
    "CERTIFICATE_REQUIRED",
    "ALERT_ACCESS_DENIED",
    "ALERT_BAD_CERTIFICATE",
    "ALERT_CERTIFICATE_EXPIRED",
    "ALERT_CERTIFICATE_REVOKED",
    "ALERT_CERTIFICATE_UNKNOWN",
    "ALERT_HANDSHAKE_FAILURE",
    "ALERT_UNKNOWN_CA",
    "ALERT_UNSUPPORTED_CERTIFICATE",
)
_GIVE_A_CERTIFICATE = (
    "set KAFKA_SSL_CERTFILE and KAFKA_SSL_KEYFILE, or ask your instructor for a listener without authentication"
)
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
_REFUSED_LOGINS = (
    kafka.errors.SaslAuthenticationFailedError,
    kafka.errors.IllegalSaslStateError,
    kafka.errors.UnsupportedSaslMechanismError,
)
# A broker that wants a login hangs up on whoever asks before having logged in; after the handshake of TLS 1.3 that
# can be seen before its alert.
_HUNG_UP = ("socket disconnected", "Error: EOF occurred", "ECONNRESET", "Connection reset", "Broken pipe")


class _LastLoss(logging.Handler):
    """Keeps why the client's last connection was lost."""

    reason = ""

    def emit(self, record: logging.LogRecord) -> None:
        _, lost, reason = record.getMessage().partition("Connection lost: ")
        # That the socket went says least: it never hides a better reason.
        if lost and (not _says(reason, _HUNG_UP) or not self.reason):
            self.reason = reason


_last_loss = _LastLoss()


def listen_to_client() -> None:
    """Keep the client's log to ourselves: what matters of it comes in our errors."""
    client_log = logging.getLogger("kafka")
    if _last_loss not in client_log.handlers:
        client_log.addHandler(_last_loss)
        client_log.propagate = False


@contextmanager
def as_kafka_error(settings: KafkaSettings, seconds: float, writes: bool = False) -> Iterator[None]:
    """Turn the client's errors into KafkaError. seconds: the bound that a time-out has reached; writes: what is tried
    is to write to the topic.
    """
    listen_to_client()
    _last_loss.reason = ""
    try:
        yield
    except kafka.errors.GroupAuthorizationFailedError as error:
        raise NotAuthorizedError(
            f"{settings}: not authorized: the broker does not allow us this consumer group: {error}; "
            "take a name that begins with the topic's and a dot, or ask your instructor for the right to Read the group"
        ) from error
    except kafka.errors.AuthorizationError as error:
        do, right = ("write to", "Write") if writes else ("read", "Read")
        raise NotAuthorizedError(
            f"{settings}: not authorized: the broker does not allow us to {do} it: {error}; "
            f"ask your instructor for the right to Describe and {right} this topic, or for another topic"
        ) from error
    except _REFUSED_LOGINS as error:
        raise KafkaError(f"{settings}: the broker refuses the login: {error}; {_NO_LOGIN}") from error
    except kafka.errors.UnknownTopicOrPartitionError as error:
        raise KafkaError(
            f"{settings}: this topic does not exist (any more): create it, or set KAFKA_TOPIC to one that does"
        ) from error
    except (kafka.errors.KafkaConnectionError, kafka.errors.KafkaTimeoutError) as error:
        reason = _last_loss.reason or str(error)
        raise KafkaError(
            f"{settings}: no broker answers within {seconds:g} s: {reason}; {_hint(settings, reason)}"
        ) from error
    except kafka.errors.KafkaError as error:
        raise KafkaError(f"{settings}: {type(error).__name__}: {error}") from error
    except ssl.SSLError as error:
        raise KafkaError(f"{settings}: {settings.ca_file} holds no certificate in PEM format: {error}") from error


def _hint(settings: KafkaSettings, reason: str) -> str:
    without = settings.security_protocol == "SSL" and settings.certificate_file is None
    if _says(reason, _OF_OUR_CERTIFICATE):
        if without:
            return f"the broker wants a client certificate: {_GIVE_A_CERTIFICATE}"
        return (
            f"the broker does not trust our certificate, {settings.certificate_file}: KAFKA_SSL_CERTFILE must be one "
            "that its CA of clients has signed and that is still valid; ask your instructor for it"
        )
    if _says(reason, _HUNG_UP):
        login = f"a client certificate: {_GIVE_A_CERTIFICATE}" if without else f"a login, and {_NO_LOGIN}"
        return f"the broker hangs up: it may still be starting, or it wants {login}"
    return next((hint for part, hint in _HINTS if part in reason), "check KAFKA_BOOTSTRAP_SERVERS and the brokers")


def _says(reason: str, parts: tuple[str, ...]) -> bool:
    return any(part in reason for part in parts)
