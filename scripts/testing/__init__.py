"""What scripts/run-tests stands on."""
