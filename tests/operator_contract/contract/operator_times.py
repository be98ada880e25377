"""How long an operator may take, by its own settings: what every wait for one is bounded by.

The option `--operator-times` names one of SETS. Figures that are neither an operator's nor Kubernetes' own are the
suite's choice, for two busy cores.
"""

from dataclasses import dataclass

PASS = 45.0  # a pass over a cluster that waits for no pod
ENTITY_INTERVAL = 10.0  # between two passes of the topic and user operators: what the suite's Kafkas ask for
# An answer of a topic or user operator, and what Kafka's clients see of it: Strimzi's took 20 s for a deleted Secret.
ENTITY_ANSWER = 60.0 + 3 * ENTITY_INTERVAL


@dataclass(frozen=True)
class OperatorTimes:
    """Seconds of a cluster operator's settings, and the bounds that follow from them.

    `lock`: how long a change waits for the pass that is under way, before it is left to the next periodic one; None
    where it is taken up right after that pass. `waits_in_pass`: whether a pass lasts as long as the pods that it waits
    for. `next_pod`: from a pod that is Ready anew to the next one, for an operator that sees no reason to wait.
    """

    periodic_interval: float
    operation_timeout: float
    lock: float | None
    waits_in_pass: bool
    next_pod: float

    @property
    def answer(self) -> float:
        """To a change of a Kafka or pool that needs no pod, while none is waited for."""
        return 2 * PASS if self.lock is None else self.lock + self.periodic_interval + PASS

    @property
    def repair(self) -> float:
        """Until an object is as it was: a periodic pass does it, and the one under way may be past it."""
        return 2 * self.periodic_interval + PASS

    @property
    def pods(self) -> float:
        """Until pods are started or replaced, or given up: controllers, then brokers, after a pass that gives up."""
        under_way = self.operation_timeout if self.waits_in_pass else 0.0
        return under_way + self.answer + 2 * self.operation_timeout


SETS = {
    # settings.py: defaults of STRIMZI_FULL_RECONCILIATION_INTERVAL_MS and STRIMZI_OPERATION_TIMEOUT_MS;
    # kubernetes/work_queue.py: no lock; clusters/reconciliation.py: a pass looks and ends, again after 5 s.
    "embedded": OperatorTimes(
        periodic_interval=120.0, operation_timeout=300.0, lock=None, waits_in_pass=False, next_pod=10.0
    ),
    # "Deploying and Managing", configuring the Cluster Operator: defaults of the same variables;
    # strimzi_observed.md, Time and behaviour: the lock, and passes that wait for pods and go on to the next at once.
    "strimzi": OperatorTimes(
        periodic_interval=120.0, operation_timeout=300.0, lock=10.0, waits_in_pass=True, next_pod=30.0
    ),
}
