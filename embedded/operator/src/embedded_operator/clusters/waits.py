"""Since when clusters are waited for."""

import time


class Waits:
    """Remembers, for each cluster, the generation that is waited for and since when."""

    def __init__(self) -> None:
        self._since: dict[tuple[str, str], tuple[int, float]] = {}

    def seconds(self, namespace: str, name: str, generation: int) -> float:
        """Seconds for which this form of a cluster has been waited for; from now on, where it was not."""
        key, now = (namespace, name), time.monotonic()
        before, since = self._since.get(key, (generation, now))
        if before != generation:
            since = now
        self._since[key] = (generation, since)
        return now - since

    def end(self, namespace: str, name: str) -> None:
        """Nothing is waited for any more, or something new."""
        self._since.pop((namespace, name), None)
