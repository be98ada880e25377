"""What the contract suite needs to speak to Kubernetes and Kafka; it knows Strimzi's API and no operator."""
