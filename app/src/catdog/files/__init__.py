"""Files from the web and on disk, and why one cannot be had or written."""
