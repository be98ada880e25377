"""Run a command beside a real Kafka with every kind of listener, then end that Kafka.

    python -m local_kafka [--nodes 1] [--port 19092] [--folder DIRECTORY] -- COMMAND…

Java is that of the PATH, Kafka's jars are those of CATDOG_KAFKA_JARS or of the build cache. The command finds the
file that describes the listeners (see conformance/lab.py) by CATDOG_CLIENTS_LAB. Listeners from --port on: plain, TLS,
TLS with client certificates, TLS with passwords (SCRAM-SHA-512), the brokers' own, the controllers', each of every
node; all on 127.0.0.1, which is all that the brokers' certificate names. The exit code is the command's.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from local_kafka.nodes import LocalKafka
from local_kafka.program import MissingProgramError, find_program


def main() -> int:
    """Exit code of the command; 2 where there is no Kafka to be started."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=1, help="how many nodes (default 1)")
    parser.add_argument("--port", type=int, default=19092, help="first of six free ports a node (default 19092)")
    parser.add_argument(
        "--folder", type=Path, help="an empty folder for all that is written (default: removed in the end)"
    )
    parser.add_argument("command", nargs="+", help="command to run, after --")
    given = parser.parse_args()
    try:
        program = find_program()
    except MissingProgramError as missing:
        parser.error(str(missing))
    with tempfile.TemporaryDirectory() as own:
        folder = (given.folder or Path(own)).absolute()
        folder.mkdir(exist_ok=True)
        with LocalKafka(program, folder, given.nodes, first_port=given.port):
            environment = {**os.environ, "CATDOG_CLIENTS_LAB": str(folder / "lab.json")}
            return subprocess.run(given.command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
