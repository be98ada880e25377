"""Labelled pictures on the move: from a folder to a topic or a bucket, and back as a data folder to train on."""
