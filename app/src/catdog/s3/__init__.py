"""Object storage that speaks S3: an address in it, its objects, and why it failed. Nothing of models in here."""
