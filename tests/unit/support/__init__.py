"""What several unit tests need to stand on."""
