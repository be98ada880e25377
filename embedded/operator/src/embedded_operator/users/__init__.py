"""KafkaUser: passes over it, what it asks for, its credentials, and how Kafka is told of them."""
