"""A command in a pod's container, from start to end, as modules run one there."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_client import api_client

NOT_RUN = 126  # as shells say it of a command that cannot be run


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

    `given` is its input, whose end it does not see: it has to know how much it reads. The code is NOT_RUN for a command
    that could not be run, with the reason in the error output.

    Raises: what the Kubernetes client raises where the container cannot be reached; OSError for a connection that is
    lost before the command has ended.
    """
    import websocket
    from kubernetes import client
    from kubernetes.stream import stream
    from kubernetes.stream.ws_client import ERROR_CHANNEL

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
        printed, complained = answer.read_stdout(timeout=0), answer.read_stderr(timeout=0)
        status = answer.read_channel(ERROR_CHANNEL) if ended else ""
    except websocket.WebSocketException as error:
        raise ConnectionError(f"the connection to pod {namespace}/{pod} was lost: {error}") from error
    finally:
        answer.close()
    if not ended:
        return printed, complained, None
    if not status:
        raise ConnectionError(f"the connection to pod {namespace}/{pod} was lost before the command had ended")
    code, why = how_it_ended(status)
    return printed, f"{complained.rstrip()}\n{why}".lstrip() if why else complained, code


def how_it_ended(status: str) -> tuple[int, str]:
    """Exit code by the Status (JSON) that Kubernetes sends at a command's end; NOT_RUN and why where it has none."""
    content = json.loads(status)
    if content["status"] == "Success":
        return 0, ""
    causes = (content.get("details") or {}).get("causes") or []
    code = next((int(cause["message"]) for cause in causes if cause.get("reason") == "ExitCode"), None)
    return (NOT_RUN, content.get("message", "")) if code is None else (code, "")
