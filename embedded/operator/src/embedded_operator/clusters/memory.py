"""What is remembered of a cluster between reconciliations; a new operator does without."""

import time

from ..objects.metadata import Object


class Memory:
    """Of one cluster: its CAs' Secrets and its pods by name, as they last were to be; what is waited for."""

    def __init__(self) -> None:
        self.ca_secrets: dict[str, Object] = {}
        self.pods: dict[str, Object] = {}
        self._waiting: tuple[int, float] | None = None  # generation, since when

    def pods_of(self, pools: list[Object]) -> dict[str, Object]:
        """The pods of these KafkaNodePools: those of others would go again with their owner."""
        owners = {pool["metadata"]["uid"] for pool in pools}
        return {n: pod for n, pod in self.pods.items() if pod["metadata"]["ownerReferences"][0]["uid"] in owners}

    def waited(self, generation: int) -> float:
        """Seconds for which this form of the cluster has been waited for; from now on, where it was not."""
        now = time.monotonic()
        if self._waiting is None or self._waiting[0] != generation:
            self._waiting = (generation, now)
        return now - self._waiting[1]

    def end_wait(self) -> None:
        """Nothing is waited for any more, or something new."""
        self._waiting = None
