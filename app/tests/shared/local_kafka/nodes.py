"""A local Kafka's nodes as processes: started, killed, ended, started again; they end with whoever began them."""

from __future__ import annotations

import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from kafka import KafkaAdminClient

from local_kafka.furnishing import chief_options, furnish
from local_kafka.program import Program
from local_kafka.settings import HOST, LISTENERS, write_settings
from processes import ENDS_WITH_US

START_SECONDS, END_SECONDS = 180, 30
STARTED = "Kafka Server started"


class Node:
    """One process, broker and controller. within: a command that runs the one behind it, in a place of its own."""

    def __init__(self, program: Program, folder: Path, number: int, within: Sequence[str]) -> None:
        self.number, self.log = number, folder / f"node-{number}" / "node.log"
        settings = str(folder / f"node-{number}" / "server.properties")
        self._command = [*within, *ENDS_WITH_US, *program.command(folder, "kafka.Kafka", settings)]
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it, and return at once."""
        with self.log.open("w") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=subprocess.STDOUT)

    def wait(self) -> None:
        """Until it has started. Raises RuntimeError with its last lines if it does not."""
        ends = time.monotonic() + START_SECONDS
        while STARTED not in (text := self.log.read_text(errors="replace")):
            if not self.runs() or time.monotonic() > ends:
                raise RuntimeError(f"node {self.number} did not start:\n" + "\n".join(text.splitlines()[-20:]))
            time.sleep(0.1)

    def runs(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """As by a power cut."""
        self._end(signal.SIGKILL)

    def end(self) -> None:
        """In order; killed where that takes too long."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class LocalKafka:
    """A Kafka with every kind of listener, see README.md of the conformance suite. Use as a context manager.

    folder: an empty one for all that is written. settings: of the nodes beside, or instead of, the usual ones; within:
    where they run, see Node. first_port: of those that the nodes take one after the other; any that are free without
    it. lab: what conformance/lab.py describes.
    """

    def __init__(
        self,
        program: Program,
        folder: Path,
        nodes: int = 1,
        settings: Mapping[str, str] | None = None,
        within: Sequence[str] = (),
        first_port: int | None = None,
    ) -> None:
        self.folder, self._program, self._within = folder, program, within
        count = nodes * len(LISTENERS)
        numbers = list(range(first_port, first_port + count)) if first_port else free_ports(count)
        ports = [dict(zip(LISTENERS, numbers[at::nodes], strict=True)) for at in range(nodes)]
        self.lab = write_settings(folder, ports, settings or {})
        self.nodes = [Node(program, folder, number, within) for number in range(1, nodes + 1)]

    def __enter__(self) -> LocalKafka:
        with ExitStack() as ends:
            ends.callback(self._end)
            self._format()
            self.start_missing()
            furnish(self.lab, min(3, len(self.nodes)))
            ends.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def start_missing(self) -> None:
        """Start the nodes that do not run, and wait until all have."""
        missing = [node for node in self.nodes if not node.runs()]
        for node in missing:
            node.start()
        for node in missing:
            node.wait()

    def admin(self) -> KafkaAdminClient:
        """A client that may do everything; to be closed."""
        return KafkaAdminClient(**chief_options(self.lab))

    def leader(self, topic: str) -> Node:
        """The node that leads the topic's first partition."""
        admin = self.admin()
        try:
            (found,) = admin.describe_topics([topic])
        finally:
            admin.close()
        (number,) = [one["leader_id"] for one in found["partitions"] if one["partition_index"] == 0]
        return self.nodes[number - 1]

    def _format(self) -> None:
        """The first node's storage by Kafka's tool; the others' is the same, save for their number."""
        cluster = f"L{secrets.token_urlsafe(16)[1:]}"  # one that begins with - is taken for an option
        settings = str(self.folder / "node-1" / "server.properties")
        formatting = ("format", "--cluster-id", cluster, "--config", settings)
        command = self._program.command(self.folder, "kafka.tools.StorageTool", *formatting)
        subprocess.run([*self._within, *command], check=True, stdout=subprocess.DEVNULL)
        first = self.folder / "node-1" / "data"
        for node in self.nodes[1:]:
            data = self.folder / f"node-{node.number}" / "data"
            data.mkdir()
            (data / "bootstrap.checkpoint").write_bytes((first / "bootstrap.checkpoint").read_bytes())
            (data / "meta.properties").write_text(f"version=1\ncluster.id={cluster}\nnode.id={node.number}\n")

    def _end(self) -> None:
        with ExitStack() as ends:
            for node in self.nodes:
                ends.callback(node.kill)


def free_ports(count: int) -> list[int]:
    """Ports of this machine at which nobody listens just now."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind((HOST, 0))
        return [one.getsockname()[1] for one in sockets]
