"""A picture to be classified: where it comes from, and from its bytes to pixels."""
