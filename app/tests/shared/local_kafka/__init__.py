"""A real Apache Kafka on this machine, of one node or several, for tests that break it."""
