"""Ports of this machine that lead to ports of pods: Kafka's own clients reach listeners inside the cluster by them."""

import contextlib
import socket
import threading

from kubernetes.client.exceptions import ApiException

from .kubernetes_access import Kubernetes

HOST = "127.0.0.1"
CHUNK = 65536


class Forwarder:
    """A port of this machine that leads to one of a pod; while the pod is away, connections end at once."""

    def __init__(self, kubernetes: Kubernetes, namespace: str, pod: str, port: int) -> None:
        self._kubernetes, self._target = kubernetes, (namespace, pod, port)
        self._listening = socket.create_server((HOST, 0))
        self.port: int = self._listening.getsockname()[1]
        self._start(self._accept)

    @property
    def address(self) -> str:
        """What a Kafka client takes as its bootstrap server."""
        return f"{HOST}:{self.port}"

    def close(self) -> None:
        """Take no more connections; those that are open end with their clients."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    @staticmethod
    def _start(target: object, *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]
        thread.start()
        return thread

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                self._start(self._serve, self._listening.accept()[0])

    def _serve(self, client: socket.socket) -> None:
        with contextlib.closing(client):
            try:
                pod = self._kubernetes.connect(*self._target)
            except (ApiException, OSError):
                return
            with contextlib.closing(pod):
                answers = self._start(_pump, pod, client)
                _pump(client, pod)
                answers.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Hand on what comes until one side ends, then end both."""
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK):
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
