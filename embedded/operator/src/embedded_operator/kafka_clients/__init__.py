"""Kafka, as the operators ask it."""
