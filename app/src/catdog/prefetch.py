"""Work done ahead by threads, in order and of bounded number."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

# Results that wait at most to be taken.
AHEAD = 128

Item = TypeVar("Item")
Result = TypeVar("Result")


def ahead(
    function: Callable[[Item], Result], items: Iterable[Item], threads_at_most: int | None = None
) -> Iterator[Result]:
    """What the function makes of each item, in order, at most AHEAD before the taker: by a thread a processor, or as
    many as are given, for what waits more than it computes.
    """
    threads = ThreadPoolExecutor(threads_at_most or len(os.sched_getaffinity(0)))
    waiting: deque = deque()
    try:
        for item in items:
            waiting.append(threads.submit(function, item))
            if len(waiting) == AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        threads.shutdown(cancel_futures=True)


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of `size`, and the rest."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
