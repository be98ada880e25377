"""The Kubernetes API: calls, events, and the queue of work that they make."""
