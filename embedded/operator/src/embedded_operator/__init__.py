"""A stand-in for Strimzi's operators: the part of its v1 API that a lab uses, over the real Apache Kafka."""

OPERATOR_VERSION = "1.2.0"  # the Strimzi release whose API this answers
KAFKA_VERSION = "4.3.1"
METADATA_VERSION = "4.3-IV0"
