"""Tells a webhook of events: each is posted as JSON by a process of its own, tried again where it was not taken.

A process, for threads do not go with Ansible, which forks. This file is what it runs; address and event come by its
standard input, for an address may hold a secret.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from typing import Any

TRIES, TIMEOUT, PAUSE = 3, 10, 2  # seconds each try may take, and before the second one; twice as long before the third
AT_THE_END = 15  # seconds that posts under way have when the run ends


class Webhook:
    """An address that is told of events; without one nobody is told."""

    def __init__(self, url: str) -> None:
        """Takes an http(s) address, or an empty text."""
        self._url = url
        self._posts: list[subprocess.Popen] = []

    def tell(self, event: dict[str, Any]) -> None:
        """Begin to post an event; returns at once."""
        if not self._url:
            return
        process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the run
            text=True,
        )
        try:
            process.stdin.write(json.dumps([self._url, event]))
            process.stdin.close()
        except OSError:  # it has ended already: counted as not taken
            pass
        self._posts.append(process)

    def end(self) -> int:
        """Wait for posts under way, not for long, and return how many events were not taken."""
        end = time.monotonic() + AT_THE_END
        lost = 0
        for process in self._posts:
            try:
                lost += process.wait(max(end - time.monotonic(), 0.1)) != 0
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                lost += 1
        self._posts = []
        return lost


def post(url: str, event: dict[str, Any]) -> bool:
    """Post the event; whether it was taken, at the first try or a later one."""
    request = urllib.request.Request(
        url, data=json.dumps(event).encode(), headers={"Content-Type": "application/json"}, method="POST"
    )
    for number in range(TRIES):
        if number:
            time.sleep(PAUSE * number)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT):
                return True
        except (OSError, ValueError):  # urllib's own errors are OSErrors
            continue
    return False


if __name__ == "__main__":
    sys.exit(0 if post(*json.load(sys.stdin)) else 1)
