"""How an entity operator's event loop asks Kafka: one blocking call at a time, and whether Kafka answers at all."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from kafka.errors import KafkaError

from ..errors import KafkaRequestError
from .admin import KafkaAdmin, kafka_error

logger = logging.getLogger(__name__)

UNREACHABLE_RETRY = 2.0  # seconds until a reconciliation that Kafka did not answer is tried again
CONNECT_INTERVAL, CHECK_INTERVAL = 1.0, 30.0  # seconds between checks of Kafka, before and after it answered
API_TIMEOUT = 60.0  # seconds until it becomes a condition, as long as Kafka's own default.api.timeout.ms
UNREACHABLE = (KafkaError, OSError, ValueError)  # what the client raises where nobody answers


class KafkaAccess:
    """Runs an admin client's calls in a thread; `reachable` tells whether Kafka answered the last one."""

    def __init__(self, admin: KafkaAdmin) -> None:
        self._admin = admin
        # The client is not made for several threads at once.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kafka-admin")
        self._watching: asyncio.Task[None] | None = None
        self.reachable = False
        self._last_answer: float | None = None

    def start(self) -> None:
        """Keep `reachable` true to what is, in the running loop."""
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """End that."""
        if self._watching:
            self._watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watching

    async def call(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """The call's answer. Raises what it raises."""
        answer = await asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)
        self.reachable, self._last_answer = True, time.monotonic()
        return answer

    def mark_unreachable(self, error: Exception) -> KafkaRequestError | None:
        """Note that Kafka did not answer; the next call connects anew. Returns the error to report when that lasts."""
        self.reachable, servers, now = False, self._admin.bootstrap_servers, time.monotonic()
        self._admin.close()
        logger.warning("Kafka at %s does not answer: %s", servers, error)
        if self._last_answer is None or now - self._last_answer < API_TIMEOUT:
            return None  # one that has yet to start is waited for by the cluster operator
        return kafka_error("TimeoutError", f"no answer from {servers} ({type(error).__name__}); tried again and again")

    async def _watch(self) -> None:
        while True:
            try:
                await self.call(self._admin.cluster_is_reachable)
            except UNREACHABLE as error:
                self.mark_unreachable(error)
            await asyncio.sleep(CHECK_INTERVAL if self.reachable else CONNECT_INTERVAL)
