"""The sub-commands of `catdog`, one module each, named as the command.

A command module has a docstring (its first line is the help's summary), `add_arguments(parser)` and `run(args) -> int`
(the exit code). It raises errors of catdog.errors, and imports TensorFlow and Kafka in `run` only, so that
`catdog --help` and `catdog draw` start at once and where neither is installed.
"""
