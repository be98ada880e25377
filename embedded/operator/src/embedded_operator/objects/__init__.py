"""What Kubernetes is asked to hold for a Kafka cluster: pure functions from the model to objects."""
