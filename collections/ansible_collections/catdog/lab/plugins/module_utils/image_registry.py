"""A registry as skopeo sees it: asked for an image's digest, filled, copied from; and what is said where that fails."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils.progress_note import forget, leave

ASK_SECONDS = 60
# What registries call an image that they do not have.
ABSENT = ("manifest unknown", "name unknown", "not found", "repository does not exist")
LOGIN = ("unauthorized", "authentication required", "denied", "incorrect username or password", "no basic auth")


class RegistryError(Exception):
    """What is wrong with the registry, and what to do."""


class Registry:
    """The place of an image, asked and filled by skopeo; the login is in a file of `folder`, on no command line."""

    def __init__(self, parameters: Mapping[str, Any], folder: Path) -> None:
        self.reference: str = parameters["reference"]
        self.host = self.reference.split("/", 1)[0]
        self.username: str = parameters["username"]
        self.login = _login(folder, self.host, self.username, parameters["password"])
        self.certificates = folder / "certificates"
        self.certificates.mkdir()
        if parameters["ca"]:
            (self.certificates / "ca.crt").write_bytes(Path(parameters["ca"]).read_bytes())

    def digest(self) -> str:
        """Digest of the image's manifest; empty where the registry does not have it. Raises RegistryError."""
        digest, said = ask(self.reference, f"--authfile={self.login}", f"--cert-dir={self.certificates}")
        if digest or (_said(said, ABSENT) and not _said(said, LOGIN)):
            return digest
        raise RegistryError(self.told(said))

    def push(self, archive: Path, seconds: int) -> None:
        """Bring the image there. Raises RegistryError."""
        self._copy([f"oci-archive:{archive}"], seconds)

    def mirror(self, image: str, seconds: int) -> None:
        """Bring an image of another registry there, for every platform, by the same digest. Raises RegistryError."""
        self._copy(["--all", "--preserve-digests", f"docker://{image}"], seconds)

    def _copy(self, source: list[str], seconds: int) -> None:
        copy = ["skopeo", "--command-timeout", f"{seconds}s", "copy", "--insecure-policy"]
        there = [f"--dest-authfile={self.login}", f"--dest-cert-dir={self.certificates}"]
        last, command = "", [*copy, *there, *source, f"docker://{self.reference}"]
        try:
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
                for last in process.stdout or ():
                    leave(f"{self.reference}: {last.strip()}")
        finally:
            forget()
        if process.returncode != 0:
            raise RegistryError(self.told(last))

    def told(self, said: str) -> str:
        """What skopeo said, as a sentence with what to do."""
        reason = last_word(said)
        if _said(said, LOGIN):
            whom = f"the login of {self.username}" if self.username else "who does not log in"
            return (
                f"The registry {self.host} refuses {whom} for {self.reference}. Set lab_registry_username and "
                f"lab_registry_password to a login that may push there. It said: {reason}"
            )
        if "x509" in said:
            return (
                f"The certificate of the registry {self.host} is not trusted. Set lab_registry_ca to the file of its "
                f"authority (PEM). It said: {reason}"
            )
        return f"The registry {self.host} cannot be used. Check lab_registry, network and proxy. It said: {reason}"


def ask(reference: str, *options: str) -> tuple[str, str]:
    """Digest of an image's manifest, of an index where there is one; or an empty one, and what skopeo said.

    Without options by this machine's own logins and authorities. Raises RegistryError.
    """
    command = ["skopeo", "inspect", "--raw", *options, f"docker://{reference}"]
    try:
        run = subprocess.run(command, capture_output=True, timeout=ASK_SECONDS)
    except subprocess.TimeoutExpired as error:
        host = reference.split("/", 1)[0]
        raise RegistryError(f"The registry {host} has not answered for {ASK_SECONDS} s.") from error
    found = f"sha256:{hashlib.sha256(run.stdout).hexdigest()}" if run.returncode == 0 else ""
    return found, run.stderr.decode(errors="replace")


def last_word(said: str) -> str:
    """The reason in what skopeo said."""
    last = (said.strip().splitlines() or ["nothing"])[-1]
    reason = last.rpartition(" msg=")[2].strip('"').replace('\\"', '"')
    return re.sub(r'^Error parsing image name "\S+": ', "", reason)


def _login(folder: Path, host: str, username: str, password: str) -> Path:
    """A file with the login, in docker's form."""
    token = base64.b64encode(f"{username}:{password}".encode()).decode()
    path = folder / "login.json"
    path.write_text(json.dumps({"auths": {host: {"auth": token}} if username else {}}))
    return path


def _said(text: str, words: Sequence[str]) -> bool:
    return any(word in text.lower() for word in words)
