#!/usr/bin/python
"""Asks for a page by a host's name at an address that no resolver needs to know."""

from __future__ import annotations

DOCUMENTATION = r"""
module: page_info
short_description: Ask for a page by a host's name at an address
description:
  - Connects to O(address), names O(host) in TLS and in the request, and returns what is answered. The certificate must
    name the host.
  - A server that does not answer, or whose certificate is not trusted, is told in RV(problem) and is no failure; a task
    can ask again.
options:
  address: {description: Address or name of the machine that is asked., type: str, required: true}
  port: {description: Its port., type: int, required: true}
  host: {description: Name of the host., type: str, required: true}
  path: {description: Path of the page., type: str, default: /}
  ca: {description: 'Authority (PEM) of the certificate. Empty: without TLS.', type: str, default: ''}
  timeout: {description: Seconds that it may take., type: int, default: 10}
attributes:
  check_mode: {support: full}
author: [catdog-lab]
"""

EXAMPLES = r"""
- catdog.lab.page_info:
    address: 127.0.0.1
    port: 30901
    host: notebook.catdog.localhost
    ca: "{{ lookup('ansible.builtin.file', 'router.crt') }}"
  register: page
  until: page.status == 200
"""

RETURN = r"""
status: {description: 'HTTP status, 0 where there was no answer.', type: int, returned: success}
location: {description: Where the answer leads., type: str, returned: success}
content: {description: 'What the page says, its first 100,000 bytes.', type: str, returned: success}
problem: {description: 'Why there was no answer, in words; empty where there was one.', type: str, returned: success}
"""

import socket
import ssl
from http.client import HTTPConnection, HTTPException
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.url_errors import reason

LONGEST_CONTENT = 100_000


def open_socket(address: str, port: int, host: str, ca: str, timeout: int) -> socket.socket:
    """A connection, with TLS for `host` where `ca` (PEM) is given. Raises OSError, ssl.SSLError among them."""
    plain = socket.create_connection((address, port), timeout=timeout)
    if not ca:
        return plain
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=ca)
        return context.wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


def ask(address: str, port: int, host: str, path: str, ca: str, timeout: int) -> dict[str, Any]:
    """What is answered, as RETURN has it; `timeout` in seconds."""
    connection = HTTPConnection(host, port, timeout=timeout)
    try:
        connection.sock = open_socket(address, port, host, ca, timeout)
        connection.request("GET", path)
        answer = connection.getresponse()
        content = answer.read(LONGEST_CONTENT).decode(errors="replace")
        return {
            "status": answer.status,
            "location": answer.headers.get("Location", ""),
            "content": content,
            "problem": "",
        }
    except (OSError, HTTPException) as error:
        return {"status": 0, "location": "", "content": "", "problem": reason(error)}
    finally:
        connection.close()


def main() -> None:
    options = {"address": "str", "port": "int", "host": "str"}
    module = AnsibleModule(
        argument_spec={
            **{name: {"type": kind, "required": True} for name, kind in options.items()},
            "path": {"type": "str", "default": "/"},
            "ca": {"type": "str", "default": ""},
            "timeout": {"type": "int", "default": 10},
        },
        supports_check_mode=True,
    )
    module.exit_json(changed=False, **ask(**module.params))


if __name__ == "__main__":
    main()
