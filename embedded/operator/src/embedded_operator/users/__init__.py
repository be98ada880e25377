"""KafkaUser: what it says, what is done about it, its credentials, and how Kafka is asked for it."""
