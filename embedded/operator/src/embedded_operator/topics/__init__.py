"""KafkaTopic: what it says, what is done about it, and how Kafka is asked to do it."""
