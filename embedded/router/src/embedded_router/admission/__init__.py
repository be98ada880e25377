"""Which Routes and Ingresses are served, and why others are not. Functions without side effects, but for a line in the log."""
