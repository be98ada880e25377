#!/usr/bin/python
"""Pushes an image from an archive to a registry."""

from __future__ import annotations

DOCUMENTATION = r"""
module: image_push
short_description: Push an image from an OCI archive to a registry
description:
  - An image that the registry has by this name is left as it is, for the lab's tags are made of what is in an image.
  - Of layers only those travel that the registry lacks. Needs C(skopeo) on this machine.
  - In check mode the registry is asked and nothing is pushed.
options:
  archive: {description: The archive. It may be missing where the registry has the image., type: path, required: true}
  reference: {description: 'Name that the image gets: registry, path and tag.', type: str, required: true}
  username: {description: Login to the registry. Empty for none., type: str, default: ''}
  password: {description: The login's password., type: str, default: ''}
  ca: {description: File of the authority (PEM) of the registry's certificate. Empty for this machine's., type: path}
  timeout: {description: Seconds that the push may take., type: int, default: 3600}
attributes:
  check_mode: {support: full}
author: [catdog-lab]
"""

EXAMPLES = r"""
- catdog.lab.image_push:
    archive: ~/.cache/catdog-lab/images/notebook-0123456789ab.tar
    reference: registry.example.org/class/notebook:0123456789ab
    username: teacher
    password: "{{ lab_registry_password }}"
"""

RETURN = r"""
digest:
  description: Digest of the image in the registry; empty in check mode for one to be pushed.
  type: str
  returned: success
"""

import base64
import hashlib
import json
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.progress_note import leave

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
        self.options = [f"--authfile={_login(folder, self.host, self.username, parameters['password'])}"]
        self.certificates = folder / "certificates"
        self.certificates.mkdir()
        if parameters["ca"]:
            (self.certificates / "ca.crt").write_bytes(Path(parameters["ca"]).read_bytes())

    def digest(self) -> str:
        """Digest of the image's manifest; empty where the registry does not have it. Raises RegistryError."""
        inspect = ["skopeo", "inspect", "--raw", *self.options, f"--cert-dir={self.certificates}"]
        try:
            run = subprocess.run([*inspect, f"docker://{self.reference}"], capture_output=True, timeout=ASK_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise RegistryError(f"The registry {self.host} has not answered for {ASK_SECONDS} s.") from error
        if run.returncode == 0:
            return f"sha256:{hashlib.sha256(run.stdout).hexdigest()}"
        said = run.stderr.decode(errors="replace")
        if _said(said, ABSENT) and not _said(said, LOGIN):
            return ""
        raise RegistryError(self.told(said))

    def push(self, archive: Path, seconds: int) -> None:
        """Bring the image there. Raises RegistryError."""
        copy = ["skopeo", "--command-timeout", f"{seconds}s", "copy", "--insecure-policy", *self.options]
        places = [f"--dest-cert-dir={self.certificates}", f"oci-archive:{archive}", f"docker://{self.reference}"]
        last = ""
        with subprocess.Popen([*copy, *places], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            for last in process.stdout or ():
                leave(f"{self.reference}: {last.strip()}")
        if process.returncode != 0:
            raise RegistryError(self.told(last))

    def told(self, said: str) -> str:
        """What skopeo said, as a sentence with what to do."""
        last = (said.strip().splitlines() or ["nothing"])[-1]
        reason = last.rpartition(" msg=")[2].strip('"').replace('\\"', '"')
        reason = re.sub(r'^Error parsing image name "\S+": ', "", reason)
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


def _login(folder: Path, host: str, username: str, password: str) -> Path:
    """A file with the login, in docker's form."""
    token = base64.b64encode(f"{username}:{password}".encode()).decode()
    path = folder / "login.json"
    path.write_text(json.dumps({"auths": {host: {"auth": token}} if username else {}}))
    return path


def _said(text: str, words: Sequence[str]) -> bool:
    return any(word in text.lower() for word in words)


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "archive": {"type": "path", "required": True},
            "reference": {"type": "str", "required": True},
            "username": {"type": "str", "default": ""},
            "password": {"type": "str", "default": "", "no_log": True},
            "ca": {"type": "path"},
            "timeout": {"type": "int", "default": 3600},
        },
        supports_check_mode=True,
    )
    if not module.get_bin_path("skopeo", required=not module.check_mode):  # a dry run installs nothing
        module.exit_json(changed=True, digest="")
    with tempfile.TemporaryDirectory() as folder:  # that nobody else may look into
        try:
            registry = Registry(module.params, Path(folder))
            digest = registry.digest()
            missing = not digest
            if missing and not module.check_mode:
                registry.push(Path(module.params["archive"]), module.params["timeout"])
                digest = registry.digest()
        except (RegistryError, OSError) as error:
            module.fail_json(msg=str(error))
    module.exit_json(changed=missing, digest=digest)


if __name__ == "__main__":
    main()
