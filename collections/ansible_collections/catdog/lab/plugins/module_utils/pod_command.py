"""A command in a pod's container, from start to end, as modules run one there."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_client import api_client


def run_in_pod(
    kubeconfig: str,
    namespace: str,
    pod: str,
    container: str,
    command: Sequence[str],
    timeout: float,
    given: str = "",
) -> tuple[str, str, int | None]:
    """Output, error output and exit code of the command; no code where it has not ended within `timeout` seconds.

    `given` is its input, whose end it does not see: it has to know how much it reads.

    Raises: what the Kubernetes client raises where the container cannot be reached.
    """
    import websocket
    from kubernetes import client
    from kubernetes.stream import stream

    # Or the connection itself could take for ever.
    websocket.setdefaulttimeout(timeout)
    # A client of its own: the stream takes the place of all its requests.
    answer = stream(
        client.CoreV1Api(api_client(kubeconfig, retries=False)).connect_get_namespaced_pod_exec,
        pod, namespace, container=container, command=list(command),
        stdin=bool(given), stdout=True, stderr=True, tty=False, _preload_content=False,
    )  # fmt: skip
    try:
        if given:
            answer.write_stdin(given)
        answer.run_forever(timeout=timeout)
        ended = not answer.is_open()
        return answer.read_stdout(timeout=0), answer.read_stderr(timeout=0), answer.returncode if ended else None
    finally:
        answer.close()
