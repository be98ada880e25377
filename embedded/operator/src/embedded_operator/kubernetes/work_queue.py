"""Work by key: many events of one resource become one run, never two at once, tried again until it ends well."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Hashable

logger = logging.getLogger(__name__)

FIRST_RETRY, LAST_RETRY = 1.0, 30.0  # seconds, doubled in between


class WorkQueue:
    """Runs `work(key)` for added keys; its result is the number of seconds until it wants to run again, or None."""

    def __init__(self, work: Callable[[Hashable], Awaitable[float | None]], workers: int) -> None:
        self._work, self._workers = work, workers
        self._due: dict[Hashable, float] = {}  # key -> time from which it may run
        self._running: set[Hashable] = set()
        self._failures: dict[Hashable, int] = {}
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to work, in the running loop."""
        self._tasks = [asyncio.create_task(self._run_worker()) for _ in range(self._workers)]

    async def stop(self) -> None:
        """End all workers, also in the middle of their work: every run starts from what is there."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def add(self, key: Hashable, delay: float = 0.0) -> None:
        """Run `key` after `delay` seconds, or sooner where it was added for sooner."""
        due = time.monotonic() + delay
        if due < self._due.get(key, float("inf")):
            self._due[key] = due
            self._changed.set()

    def _next(self) -> tuple[Hashable | None, float | None]:
        """A key that may run now, or seconds until one may (None: nothing is planned)."""
        waiting = sorted(
            (due, index, key) for index, (key, due) in enumerate(self._due.items()) if key not in self._running
        )
        if not waiting:
            return None, None
        due, _, key = waiting[0]
        delay = due - time.monotonic()
        return (key, None) if delay <= 0 else (None, delay)

    async def _run_worker(self) -> None:
        while True:
            key, delay = self._next()
            if key is None:
                self._changed.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), delay)
                continue
            del self._due[key]
            self._running.add(key)
            try:
                again = await self._work(key)
                self._failures.pop(key, None)
            except Exception:
                count = self._failures[key] = self._failures.get(key, 0) + 1
                again = min(FIRST_RETRY * 2 ** (count - 1), LAST_RETRY)
                logger.exception("%s failed, again in %.0f s", key, again)
            finally:
                self._running.discard(key)
                self._changed.set()
            if again is not None:
                self.add(key, again)
