"""The command `catdog`: finds its sub-commands in catdog.commands and ends on errors in one clear line."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules

import catdog.commands
from catdog import __version__
from catdog.errors import CatdogError

EXIT_ERROR = CatdogError.exit_code
EXIT_INTERRUPTED = 130


def build_parser() -> argparse.ArgumentParser:
    """The parser with one sub-parser for each module in catdog.commands."""
    parser = argparse.ArgumentParser(prog="catdog", description=catdog.__doc__, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"catdog {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for found in iter_modules(catdog.commands.__path__):
        command = import_module(f"catdog.commands.{found.name}")
        summary = (command.__doc__ or "").strip().splitlines()[0]
        subparser = subparsers.add_parser(
            found.name.replace("_", "-"),
            help=summary,
            description=command.__doc__,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is the command's, that of an error that has been told, or 130 for Ctrl-C."""
    args = build_parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # names of files may hold bytes that are no text
    try:
        return args.run(args)
    except CatdogError as error:
        print(f"catdog: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # the reader of our output has gone, as in `catdog … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_ERROR
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"catdog: {where}{error.strerror or error}", file=sys.stderr)
        return EXIT_ERROR
    except KeyboardInterrupt:
        print("catdog: interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
