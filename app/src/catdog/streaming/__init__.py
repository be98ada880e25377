"""The service: pictures of the topic are classified as they come, what both models say goes to another topic."""
