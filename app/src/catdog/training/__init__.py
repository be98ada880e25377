"""From labelled pictures to a model in its folder: `run` is the whole of it, `loop` its epochs."""
