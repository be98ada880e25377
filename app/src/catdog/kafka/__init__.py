"""The topic: where it is, reading it, and why it failed. Nothing of models in here."""
