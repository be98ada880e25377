"""From a Kafka and its KafkaNodePools to a checked cluster, or an error that says what cannot be had."""
