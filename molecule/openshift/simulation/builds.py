"""Builds, BuildConfigs and ImageStreams: a command of this machine builds what is uploaded, and its log is kept."""

from __future__ import annotations

import io
import tarfile
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from objects import Collection, Object, RefusedError

BUILD, IMAGE = "build.openshift.io/v1", "image.openshift.io/v1"
# Annotation of a BuildConfig: what is to go wrong with its builds.
MISTAKE = "simulation/mistake"
QUOTA = "Failed creating build pod: pods is forbidden: exceeded quota: class, used: pods=1, limited: pods=1"
# Builds a folder for a reference with these build arguments; yields the log. Raises OSError if there is no image.
Builder = Callable[[Path, str, dict[str, str]], Iterator[str]]


class Builds:
    """The three resources. `registry`: host of the platform's own registry; empty: it has none."""

    def __init__(self, builder: Builder, registry: str) -> None:
        self._builder, self._registry = builder, registry
        self.configs = Collection(BUILD, "BuildConfig", "buildconfigs")
        self.builds = Collection(BUILD, "Build", "builds")
        self.streams = Collection(IMAGE, "ImageStream", "imagestreams", self._give_repository)
        self._logs: dict[tuple[str, str], list[str]] = {}
        self._changed = threading.Condition()
        self._one = threading.Lock()  # runPolicy Serial, for the whole platform

    def start(self, namespace: str, config: str, archive: bytes) -> Object:
        """`instantiatebinary`: a new Build of what was uploaded. Raises RefusedError."""
        wanted = self.configs.get(namespace, config)
        number = wanted.setdefault("status", {}).get("lastVersion", 0) + 1
        wanted["status"]["lastVersion"] = number
        name = f"{config}-{number}"
        metadata = {"name": name, "labels": {"buildconfig": config}}
        build = self.builds.create(
            namespace, {"metadata": metadata, "spec": wanted["spec"], "status": {"phase": "New"}}
        )
        self._logs[namespace, name] = []
        mistake = (wanted["metadata"].get("annotations") or {}).get(MISTAKE, "")
        threading.Thread(target=self._run, args=(build, archive, mistake), daemon=True).start()
        return build

    def log(self, namespace: str, name: str) -> Iterator[str]:
        """The lines of a build's log, until it has ended."""
        sent = 0
        while True:
            with self._changed:
                lines, ended = self._logs[namespace, name][sent:], self._has_ended(namespace, name)
                if not lines and not ended:
                    self._changed.wait(1)
                    continue
            yield from lines
            sent += len(lines)
            if ended and not lines:
                return

    def _run(self, build: Object, archive: bytes, mistake: str) -> None:
        namespace, name = (build["metadata"][key] for key in ("namespace", "name"))
        if mistake == "quota":
            build["status"] |= {"reason": "CannotCreateBuildPod", "message": QUOTA}
            return
        docker, target = build["spec"]["strategy"]["dockerStrategy"], build["spec"]["output"]["to"]["name"]
        stream, _, tag = target.partition(":")
        arguments = {entry["name"]: entry["value"] for entry in docker.get("buildArgs", [])}
        try:
            with self._one, tempfile.TemporaryDirectory() as folder:
                build["status"]["phase"] = "Running"
                with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
                    tar.extractall(folder, filter="tar")
                if mistake == "step":
                    with Path(folder, docker["dockerfilePath"]).open("a") as file:
                        file.write("RUN echo no such package >&2 && false\n")
                reference = f"{self.streams.get(namespace, stream)['status']['dockerImageRepository']}:{tag}"
                for line in self._builder(Path(folder), reference, arguments):
                    self._say(namespace, name, line)
            status = self.streams.get(namespace, stream)["status"]
            status["tags"] = [*status.get("tags", []), {"tag": tag, "items": [{"dockerImageReference": reference}]}]
            build["status"]["phase"] = "Complete"
        except (OSError, RefusedError, tarfile.TarError) as error:
            self._say(namespace, name, f"error: build error: {error}")
            why = {"reason": "DockerBuildFailed", "message": "Dockerfile build strategy has failed."}
            build["status"] |= {"phase": "Failed", **why}
        with self._changed:
            self._changed.notify_all()

    def _say(self, namespace: str, name: str, line: str) -> None:
        with self._changed:
            self._logs[namespace, name].append(line)
            self._changed.notify_all()

    def _has_ended(self, namespace: str, name: str) -> bool:
        try:
            return self.builds.get(namespace, name)["status"]["phase"] in ("Complete", "Failed")
        except RefusedError:
            return True

    def _give_repository(self, stream: Object) -> None:
        place: dict[str, Any] = stream["metadata"]
        has_one = bool(self._registry)
        repository = f"{self._registry}/{place['namespace']}/{place['name']}" if has_one else ""
        stream["status"] = {"dockerImageRepository": repository}
