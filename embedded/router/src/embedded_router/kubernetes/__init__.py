"""The API server: requests, and objects of a kind as they are now."""
