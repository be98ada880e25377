"""Models on disk, and what they say of a picture. Nothing of training or of Kafka is in here."""
