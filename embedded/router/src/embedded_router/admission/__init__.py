"""Which Routes and Ingresses are served, and why others are not. Without side effects, but for a line in the log."""
