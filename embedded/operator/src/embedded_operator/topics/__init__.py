"""KafkaTopic: passes over it, what is to be done, and how Kafka is asked to do it."""
