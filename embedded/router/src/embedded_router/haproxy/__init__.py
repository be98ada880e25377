"""HAProxy: its configuration as text, the folder that it lies in, and the process."""
