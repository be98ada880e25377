"""Predictions as they come, for people: lines, and a page with the last pictures and how often each model is right."""
