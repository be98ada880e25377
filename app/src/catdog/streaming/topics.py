"""Which topics of pictures are served: all of them, or where the service waits for topics those that can be used."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

import kafka.errors
from kafka import KafkaAdminClient

from catdog.errors import KafkaError
from catdog.kafka.settings import KafkaSettings
from catdog.streaming.failures import ASK_SECONDS, not_allowed, passing
from catdog.streaming.metrics import Metrics
from catdog.streaming.settings import PREDICTIONS, TOPIC, StreamSettings

# How often it is asked for topics that are left out.
LOOK_SECONDS = 10

log = logging.getLogger(__name__)


class Topics:
    """Keeps which topics can be used and which are read.

    A topic that cannot be used ends the service by its KafkaError, unless the settings say that it waits. Then it is
    left out at once: what was read of it and has no prediction yet is dropped without a commit. It is taken up again
    only where nothing is in work, so that it is read from its last commit on and no record is passed over.
    """

    def __init__(
        self,
        settings: StreamSettings,
        metrics: Metrics,
        ask: Callable[[StreamSettings], Mapping[str, KafkaError]] | None = None,
    ) -> None:
        self._settings, self._metrics, self._ask = settings, metrics, ask or unusable_topics
        self._reasons: dict[str, str] = {}
        self._dropped: set[str] = set()
        self._read: frozenset[str] = frozenset()
        self._looked = 0.0

    @property
    def usable(self) -> frozenset[str]:
        """Those that can be used, as far as is known."""
        return frozenset(self._settings.predictions) - self._reasons.keys()

    @property
    def changed(self) -> bool:
        """Whether others are to be read than are."""
        return bool(self._dropped) or self.usable != self._read

    def serves(self, topic: str) -> bool:
        """Whether predictions of this topic's pictures are to be written."""
        return topic in self._read and topic not in self._dropped

    def look(self) -> None:
        """Ask which can be used. Raises UnavailableError where no broker answers."""
        found = self._ask(self._settings)
        self._looked = time.monotonic()
        for topic in self._reasons.keys() - found.keys():
            del self._reasons[topic]
        self.leave_out(found)

    def look_again(self) -> None:
        """The same, where some are left out and it is time for it."""
        if self._reasons and time.monotonic() - self._looked > LOOK_SECONDS:
            self.look()

    def leave_out(self, errors: Mapping[str, KafkaError]) -> None:
        """These cannot be used, and why. Raises the first error unless topics are waited for."""
        for topic, error in errors.items():
            if not self._settings.waits:
                raise error
            if self._reasons.get(topic) != str(error):
                log.error("topic is left out", extra={"fields": {"topic": topic, "reason": str(error)}})
            self._reasons[topic] = str(error)
        self._dropped |= self._read & self._reasons.keys()
        self._metrics.left_out(self._reasons)

    def taken_up(self) -> None:
        """Those that can be used are read now, each from its last commit on."""
        for topic in sorted((self.usable - self._read) | (self.usable & self._dropped)):
            log.info("topic is served", extra={"fields": {"topic": topic}})
        self._read, self._dropped = self.usable, set()


def unusable_topics(settings: StreamSettings) -> dict[str, KafkaError]:
    """By topic of pictures, why it or the topic of its predictions cannot be used. No broker creates them by it.

    Raises UnavailableError where no broker answers.
    """
    bound = ASK_SECONDS * 1000
    with passing(settings, ASK_SECONDS):
        admin = KafkaAdminClient(
            **settings.kafka.client_options(), bootstrap_timeout_ms=bound, request_timeout_ms=bound
        )
        try:
            described = admin.describe_topics([*settings.predictions, *settings.predictions.values()])
        finally:
            admin.close()
    found = {one["name"]: one for one in described}
    errors: dict[str, KafkaError] = {}
    for pictures in settings.predictions:
        topic, answers = settings.pictures_at(pictures), settings.predictions_at(pictures)
        error = _why_not(topic, found[topic.topic], TOPIC, "READ")
        error = error or _why_not(answers, found[answers.topic], PREDICTIONS, "WRITE")
        if error:
            errors[pictures] = error
    return errors


def _why_not(topic: KafkaSettings, described: Mapping[str, Any], variable: str, needed: str) -> KafkaError | None:
    """`described`: what Kafka says of the topic, with the names of the operations that it allows us."""
    code = described["error_code"]
    if code == kafka.errors.UnknownTopicOrPartitionError.errno:
        return KafkaError(f"{topic}: this topic does not exist: create it, or set {variable} to one that does")
    if code == kafka.errors.InvalidTopicError.errno:
        return KafkaError(
            f"{topic}: this is no name for a topic: set {variable} to at most 249 of the letters a-z, A-Z, 0-9, ., _ "
            "and -"
        )
    # None where not even Describe is allowed.
    return None if needed in (described["authorized_operations"] or ()) else not_allowed(topic)
