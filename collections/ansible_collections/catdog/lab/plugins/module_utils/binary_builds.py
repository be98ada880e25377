"""OpenShift's builds of what is uploaded to it (build.openshift.io/v1): started, followed, judged."""

from __future__ import annotations

import json
import tarfile
import tempfile
import time
from collections import deque
from contextlib import suppress
from typing import Any, BinaryIO, NoReturn

from ansible_collections.catdog.lab.plugins.module_utils.progress_note import leave

API = "/apis/build.openshift.io/v1"
# How a build may end, by its phase (BuildPhase in github.com/openshift/api).
COMPLETE, ENDS = "Complete", ("Complete", "Failed", "Error", "Cancelled")
INTERVAL = 2.0  # seconds between two looks
# Seconds that a new build may name a reason for not beginning: OpenShift tries again, and a quota may be freed.
HELD_SECONDS = 20.0
LAST_LINES = 15
LOG_SECONDS = 30.0  # for the log of a build that has ended, and for the next word of one that has not
ASK_SECONDS = 30


class BuildError(Exception):
    """Why there is no image, and what to do."""


class BinaryBuilds:
    """Builds in one project. `api`: a `kubernetes.client.ApiClient`."""

    def __init__(self, api: Any, namespace: str) -> None:
        self._api, self._namespace = api, namespace
        self._last: deque[str] = deque(maxlen=LAST_LINES)

    def run(self, config: str, folder: str, seconds: float) -> str:
        """Builds the folder by the BuildConfig; returns the Build's name when its image is there.

        Raises BuildError for a build that fails, cannot begin or does not end in so many seconds; what urllib3 raises
        where the API does not answer, of a build that has begun only after these seconds.
        """
        end = time.monotonic() + seconds
        with tempfile.TemporaryFile() as archive:
            with tarfile.open(fileobj=archive, mode="w:gz", compresslevel=1) as tar:
                tar.add(folder, arcname=".")
            archive.seek(0)
            name = self._upload(config, archive)
        held = None
        while True:
            build = self._build(name, end)
            status = build.get("status") or {}
            phase = status.get("phase") or "New"
            if phase == COMPLETE:
                return name
            if phase in ENDS:
                self._follow(name, LOG_SECONDS)  # it may have ended before anybody looked
                self._fail(name, f"{phase}: {_why(status)}", self._last or status.get("logSnippet", "").splitlines())
            now = time.monotonic()
            held = (held or now) if phase == "New" and status.get("reason") else None
            if held and now - held > HELD_SECONDS:
                self._remove(name)
                self._fail(name, f"cannot begin: {_why(status)}", (), "Free what it names, then give the same command.")
            if now > end:
                self._remove(name)
                self._fail(name, f"has not ended within {seconds:g} s, in phase {phase}", self._last)
            leave(f"build {name}: {phase}")
            if phase == "Running":
                self._follow(name, end - now)
            time.sleep(INTERVAL)

    def _upload(self, config: str, archive: BinaryIO) -> str:
        path = f"/buildconfigs/{config}/instantiatebinary"
        headers = {"Content-Type": "application/octet-stream"}
        return json.loads(self._ask("POST", path, body=archive, headers=headers).data)["metadata"]["name"]

    def _build(self, name: str, end: float) -> dict[str, Any]:
        """The Build; an API that does not answer is asked again until `end`."""
        import urllib3

        while True:
            try:
                return json.loads(self._ask("GET", f"/builds/{name}", timeout=ASK_SECONDS).data)
            except urllib3.exceptions.HTTPError:
                if time.monotonic() > end:
                    raise
            time.sleep(INTERVAL)

    def _remove(self, name: str) -> None:
        """Removes a build in vain; where that fails, why the build was in vain still has to be told."""
        import urllib3

        with suppress(BuildError, urllib3.exceptions.HTTPError):
            self._ask("DELETE", f"/builds/{name}", timeout=ASK_SECONDS)

    def _follow(self, name: str, seconds: float) -> None:
        """Shows the log until it ends, for so long; one that is cut off or silent is taken up by the next look."""
        import urllib3

        end, silence = time.monotonic() + seconds, min(LOG_SECONDS, max(1.0, seconds))
        with suppress(urllib3.exceptions.HTTPError, BuildError):
            log = self._ask("GET", f"/builds/{name}/log?follow=true", preload_content=False, timeout=silence)
            self._last.clear()
            with log:
                for line in log:
                    self._last.append(line.decode(errors="replace").rstrip())
                    leave(f"build {name}: {self._last[-1]}")
                    if time.monotonic() > end:
                        return

    def _ask(self, method: str, path: str, headers: dict[str, str] | None = None, **how: Any) -> Any:
        """One request with the kubeconfig's login. Raises BuildError for an answer that is none."""
        given = {"Accept": "application/json", **(headers or {})}
        query: list[Any] = []
        self._api.update_params_for_auth(given, query, ["BearerToken"])
        url = f"{self._api.configuration.host}{API}/namespaces/{self._namespace}{path}"
        answer = self._api.rest_client.pool_manager.request(method, url, headers=given, retries=False, **how)
        if answer.status >= 400:
            said = answer.data.decode(errors="replace")
            message = json.loads(said).get("message", said) if said.startswith("{") else said
            raise BuildError(f"The cluster refuses {method} {path} in project {self._namespace}: {message.strip()}")
        return answer

    def _fail(self, name: str, why: str, lines: Any, then: str = "") -> NoReturn:
        told = "".join(f"\n  {line}" for line in lines)
        what = then or f"All of it: oc logs build/{name} -n {self._namespace}"
        raise BuildError(f"Build {name} of project {self._namespace} {why}{told}\n{what}")


def _why(status: dict[str, Any]) -> str:
    """Reason and message of a Build's status."""
    return ", ".join(filter(None, (status.get("reason"), status.get("message")))) or "no reason given"
