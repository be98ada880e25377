#!/usr/bin/env python3
"""simulated_openshift.py KUBECONFIG SETTINGS: plays OpenShift's own API on a real cluster. What it plays: README.md.

SETTINGS is a JSON file, and the simulation ends when it is gone: `address` and `port` of the aggregated API,
`login_port` of the address that clients log in at, `router` (this machine's port by the port that leads there),
`certificate` (the PEM files of the one for all, and of its key), `users` (passwords by name), `registry`, and for
builds `build`, `save` and `load` (commands; {reference}, {archive} and {folder} are put in) with their `environment`.
"""

from __future__ import annotations

import json
import os
import socketserver
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from api import Platform, handler
from builds import Builds
from login import SECONDS, Forward, Login, front
from projects import Projects

NAMESPACE = "openshift-simulation"


class CommandBuilder:
    """Builds images by commands of this machine, and loads them where the cluster's node finds them."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = settings

    def __call__(self, folder: Path, reference: str, arguments: dict[str, str]) -> Iterator[str]:
        places = {"reference": reference, "folder": str(folder), "archive": f"{folder}.tar"}
        given = [f"--build-arg={name}={value}" for name, value in arguments.items()]
        try:
            for step in ("build", "save"):
                command = [word.format(**places) for word in self._settings[step]]
                yield from self._run([*command[:-1], *(given if step == "build" else []), command[-1]])
            with Path(places["archive"]).open("rb") as archive:
                subprocess.run(self._settings["load"], stdin=archive, check=True, capture_output=True)
        except subprocess.CalledProcessError as error:
            raise OSError(f"{error.cmd[0]} ended with status {error.returncode}") from error
        finally:
            Path(places["archive"]).unlink(missing_ok=True)

    def _run(self, command: list[str]) -> Iterator[str]:
        environment = os.environ | self._settings["environment"]
        how: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        with subprocess.Popen(command, env=environment, **how) as process:
            yield from (line.rstrip() for line in process.stdout or ())
        if process.returncode != 0:
            raise subprocess.CalledProcessError(process.returncode, command)


def issuer(core: Any) -> Any:
    """Makes a token of the service account that plays a user."""

    def issue(user: str) -> str:
        body = {"spec": {"expirationSeconds": SECONDS}}
        return core.create_namespaced_service_account_token(user, NAMESPACE, body).status.token

    return issue


def serve(place: tuple[str, int], certificate: list[str], answers: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    """Answers there by TLS, in threads of its own."""
    server = ThreadingHTTPServer(place, answers, bind_and_activate=False)
    server.daemon_threads, server.allow_reuse_address = True, True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.server_bind()
    server.server_activate()
    threading.Thread(target=server.serve_forever, args=(0.2,), daemon=True).start()
    return server


def balance(place: tuple[str, int], target: tuple[str, int]) -> None:
    """Passes on what comes there, in threads of its own."""
    answers = type("ToRouter", (Forward,), {"place": target})
    server = socketserver.ThreadingTCPServer(place, answers, bind_and_activate=False)
    server.allow_reuse_address = server.daemon_threads = True
    server.server_bind()
    server.server_activate()
    threading.Thread(target=server.serve_forever, args=(0.2,), daemon=True).start()


def main(kubeconfig: str, file: Path) -> None:
    """Play as long as the file of settings is there."""
    from kubernetes import client, config

    for name in [name for name in os.environ if name.lower() in ("http_proxy", "https_proxy")]:
        del os.environ[name]  # the cluster is on this machine
    settings = json.loads(file.read_text())
    api = config.new_client_from_config(kubeconfig)
    core = client.CoreV1Api(api)
    builds = Builds(CommandBuilder(settings), settings["registry"])
    platform = Platform(Projects(core, client.RbacAuthorizationV1Api(api)), builds)
    serve((settings["address"], settings["port"]), settings["certificate"], handler(platform))
    login = Login(settings["users"], issuer(core))
    login.api = f"https://{settings['address']}:{settings['login_port']}"
    upstream = urlsplit(api.configuration.host)
    trust = ssl.create_default_context(cafile=api.configuration.ssl_ca_cert)
    trust.check_hostname = False  # the API server is reached by one of its addresses
    place = (settings["address"], settings["login_port"])
    serve(place, settings["certificate"], front(login, (upstream.hostname, upstream.port), trust))
    for port, published in settings["router"].items():
        balance((settings["address"], int(port)), ("127.0.0.1", published))
    while file.exists():
        time.sleep(0.5)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
