#!/usr/bin/python
"""Asks image registries whether they answer."""

from __future__ import annotations

DOCUMENTATION = r"""
module: registry_info
short_description: Ask image registries whether they answer
description:
  - Asks C(https://<host>/v2/), by the proxy and the certificate authorities of this machine. An answer that wants a
    login is one, for registries send all clients for a token first.
options:
  hosts: {description: 'Registries, each with its port if it has one.', type: list, elements: str, required: true}
  ca: {description: File of an authority (PEM) that is trusted beside this machine's., type: path}
  timeout: {description: Seconds that one of them may take., type: int, default: 15}
attributes:
  check_mode: {support: full}
author: [catdog-lab]
"""

EXAMPLES = r"""
- catdog.lab.registry_info:
    hosts: [registry.example.org:5000]
"""

RETURN = r"""
answers:
  description: What is wrong with each, in words, by its name; empty for one that answers.
  type: dict
  returned: success
"""

from http.client import HTTPException
from urllib.error import HTTPError

from ansible.module_utils import urls
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.url_errors import reason

# What the API of registries answers where it is: all well, or a login is wanted.
ANSWERS = (200, 401)


def ask(host: str, timeout: int, ca: str | None = None) -> str:
    """What is wrong with a registry, in words, or nothing; `timeout` in seconds, `ca`: a file of its authority."""
    try:
        code = urls.open_url(f"https://{host}/v2/", timeout=timeout, ca_path=ca).getcode()
    except HTTPError as error:
        code = error.code
    except (OSError, HTTPException, ValueError, urls.ConnectionError) as error:
        return reason(error)
    return "" if code in ANSWERS else f"HTTP {code}"


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "hosts": {"type": "list", "elements": "str", "required": True},
            "ca": {"type": "path"},
            "timeout": {"type": "int", "default": 15},
        },
        supports_check_mode=True,
    )
    answers = {host: ask(host, module.params["timeout"], module.params["ca"]) for host in module.params["hosts"]}
    module.exit_json(changed=False, answers=answers)


if __name__ == "__main__":
    main()
