"""How large a picture may be, wherever it comes from: what the lab's topic takes (its `max.message.bytes`)."""

MAX_MESSAGE_BYTES = 10 * 1024 * 1024
# As people are told it.
MAX_MESSAGE_SIZE = f"{MAX_MESSAGE_BYTES // 2**20} MiB"
