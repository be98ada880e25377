"""A Kafka cluster: reconciling it, the order in which its pods change, what becomes of it when it goes."""
