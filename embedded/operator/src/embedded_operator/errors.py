"""Failures that end in a status condition, with the reasons that Strimzi gives."""


class OperatorError(Exception):
    """A failure of one resource: `reason` and the message go into its condition.

    One that `is_transient` may pass by itself: it is no condition yet, but is tried again.
    """

    reason = "InternalError"
    is_transient = False


class InvalidResourceError(OperatorError):
    """The resource says something that cannot be done, or that this operator does not support."""

    reason = "InvalidResourceException"


class InvalidConfigurationError(OperatorError):
    """Resources do not fit together, such as a Kafka without node pools."""

    reason = "InvalidConfigurationException"


class RoutesUnavailableError(InvalidConfigurationError):
    """A listener wants Routes of a platform that has none."""


class UnsupportedKafkaVersionError(OperatorError):
    """A Kafka version that no image is there for."""

    reason = "UnsupportedKafkaVersionException"


class OperationTimeoutError(OperatorError):
    """Something did not become ready in time; the message says what and why."""

    reason = "TimeoutException"


class PodStuckError(OperatorError):
    """Pods cannot start, and waiting does not help; the message says which and why."""

    reason = "FatalProblem"


class NotSupportedError(OperatorError):
    """A change of a topic that Kafka or this operator cannot make."""

    reason = "NotSupported"


class ResourceConflictError(OperatorError):
    """Two resources claim one topic."""

    reason = "ResourceConflict"


class KafkaRequestError(OperatorError):
    """Kafka refused; the message is its own exception's text."""

    reason = "KafkaError"
