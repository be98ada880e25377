"""The condition of a KafkaUser as Strimzi's user operator writes it: what went wrong stands in its Java's words."""

from ..conditions import Condition, condition
from ..errors import InvalidConfigurationError, InvalidResourceError, OperatorError

REASON = "ExecutionException"  # of every failure; what it is stands in the message, after the classes around it
WRAPPER = "io.strimzi.operator.common.ReconciliationException"
# Kafka's own messages begin with a class already.
PACKAGES = {
    InvalidResourceError: "io.strimzi.operator.common.model",
    InvalidConfigurationError: "io.strimzi.operator.common",
}


def user_condition(error: OperatorError | None = None) -> Condition:
    """Ready, or why not."""
    if error is None:
        return condition("Ready")
    package = PACKAGES.get(type(error))
    cause = f"{package}.{error.reason}: {error}" if package else str(error)
    return condition("NotReady", reason=REASON, message=f"{WRAPPER}: {cause}")
