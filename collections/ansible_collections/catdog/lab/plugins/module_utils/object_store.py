"""The object store's own tools, run in the gateway's pod: radosgw-admin for users, curl for buckets and objects.

Five things of Ceph 18.2.7 with its SQLite store are dealt with here and nowhere else:
a user that is written again loses all its buckets, so that a user is made once, whole, and never changed;
radosgw-admin may not come to its end after its work is done (a wake-up of its last thread is lost), so that it is ended
and judged by what it printed; two of it at once, as attendees of a wave would have, find the database locked, so that
one waits for the other; a bucket of somebody else may be answered as made, so that one is opened once made; a bucket
is removed in one transaction, with the store locked for all, so that what is in it is taken out before, in steps.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

# Runs a command in the gateway's pod with this input: its output, error output, and exit code.
Execute = Callable[[Sequence[str], str], tuple[str, str, "int | None"]]

ADDRESS = "https://localhost:8443"
ROOM = "/opt/object-store/bin/object_store_room.py"  # of the gateway's image
AUTHORITY = "/etc/object-store/tls/tls.crt"
# Seconds until radosgw-admin is ended: its work takes a tenth of one on an idle machine. More where it was too short.
PATIENCE = (3, 10, 30)
PAUSE = 2  # seconds between two tries to make a bucket
ENDED = (124, 137)  # by `timeout`, which had to
MOST_OBJECTS = 1_000_000  # of a bucket are listed; 4,000 take a second and a half
NO_USER = "no user info saved"
LOCKED = "database is locked"  # by the gateway, for a moment
FULL = "TooManyBuckets"
# Whoever writes the store's tables waits for who does so before, in one queue for all.
QUEUE = "/tmp/radosgw-admin.lock"
# Options that are nobody else's to see come by the input, one line (CEPH_ARGS, which Ceph's commands read).
ADMIN = (
    "read -r CEPH_ARGS; export CEPH_ARGS; "
    f'exec flock --timeout 45 --conflict-exit-code 124 {QUEUE} timeout --kill-after=1 "$@"'
)
# The first bytes of the input ($1) are curl's settings, keys among them; what follows them is nobody's.
CURL = 'head -c "$1" | curl --silent --show-error --max-time "$2" --write-out "\\n%{http_code}" --config -'
CURL_IN_TURN = f"exec 9> {QUEUE}; flock --timeout 45 --conflict-exit-code 124 9 || exit; {CURL}"


class ObjectStoreError(Exception):
    """The object store cannot do what it was asked for, and why."""


class Keys(NamedTuple):
    """What a user of the store shows: the access key names it, the secret key signs and is never sent."""

    access: str
    secret: str


class Store:
    """The store behind a gateway, by `execute`, which runs a command in the gateway's pod.

    Every method raises ObjectStoreError where the store says no or nothing that can be read.
    """

    def __init__(self, execute: Execute, timeout: float = 20) -> None:
        self._execute, self._timeout = execute, timeout

    def _admin(self, arguments: Sequence[str], given: str = "") -> tuple[str, str, bool]:
        """Output and error output of radosgw-admin, and whether it came to an end well; the last try's."""
        for seconds in PATIENCE:
            command = [
                "bash",
                "-c",
                ADMIN,
                "object-store",
                str(seconds),
                "radosgw-admin",
                "--no-mon-config",
                *arguments,
            ]
            printed, complained, code = self._execute(command, given + "\n")
            if LOCKED in complained:
                continue
            if code not in ENDED or printed.strip().endswith(("}", "]")) or NO_USER in complained:
                break
        return printed, complained, code == 0

    def keys(self, user: str) -> Keys | None:
        """The user's keys; none where there is no such user."""
        printed, complained, _ = self._admin(["user", "info", f"--uid={user}"])
        if NO_USER in complained:
            return None
        return keys_of(user, printed, complained)

    def make_user(self, user: str, keys: Keys) -> None:
        """Make a user with one bucket at most, once and for all."""
        given = f"--access-key={keys.access} --secret-key={keys.secret}"
        arguments = ["user", "create", f"--uid={user}", f"--display-name={user}", "--max-buckets=1"]
        _, complained, _ = self._admin(arguments, given)
        if self.keys(user) != keys:
            raise ObjectStoreError(f"User {user} was not made: {told(complained)}")

    def buckets(self, user: str) -> list[str]:
        printed, complained, _ = self._admin(["bucket", "list", f"--uid={user}"])
        try:
            return [str(name) for name in json.loads(printed)]
        except ValueError as error:
            raise ObjectStoreError(f"The buckets of user {user} cannot be listed: {told(complained)}") from error

    def objects(self, bucket: str) -> list[str]:
        """What is in a bucket that is there: name, checksum and time of each object, which are no other one's."""
        printed, complained, _ = self._admin(["bucket", "list", f"--bucket={bucket}", f"--max-entries={MOST_OBJECTS}"])
        try:
            found = json.loads(printed)
            return [f"{entry['name']} {entry['meta']['etag']} {entry['meta']['mtime']}" for entry in found]
        except (ValueError, LookupError, TypeError) as error:
            raise ObjectStoreError(f"The objects of bucket {bucket} cannot be listed: {told(complained)}") from error

    def remove_bucket(self, user: str, bucket: str, times: int = 20) -> None:
        """Remove the user's bucket with all that is in it; so many `times` at most, for each try has an end."""
        complained = ""
        for _ in range(times):
            if bucket not in self.buckets(user):
                return
            # Rows that are left come out at the next turn; where none do, the removal takes them.
            printed, _, code = self._execute([ROOM, "clear", bucket], "")
            if code == 0 and printed.strip() != "0":
                continue
            _, complained, _ = self._admin(["bucket", "rm", f"--bucket={bucket}", "--purge-objects"])
        raise ObjectStoreError(f"Bucket {bucket} is still there: {told(complained)}")

    def remove_user(self, user: str) -> None:
        for bucket in self.buckets(user):
            self.remove_bucket(user, bucket)
        _, complained, _ = self._admin(["user", "rm", f"--uid={user}"])
        if self.keys(user) is not None:
            raise ObjectStoreError(f"User {user} is still there: {told(complained)}")

    def ask(self, keys: Keys, method: str, path: str, body: str = "", *, in_turn: bool = False) -> tuple[int, str]:
        """Status and text of the gateway's answer to a request that the keys sign.

        `path`: bucket, or bucket and object, maybe with a query. `in_turn`: while no tool of the store is at work.
        Status 0: there was no answer, and why.
        """
        settings = request(keys, method, path, body)
        size = str(len(settings.encode()))
        script = CURL_IN_TURN if in_turn else CURL
        command = ["bash", "-c", script, "object-store", size, f"{self._timeout:g}"]
        printed, complained, code = self._execute(command, settings)
        text, _, status = printed.rpartition("\n")
        if code != 0 or not status.isdecimal():
            return 0, told(complained)
        return int(status), text

    def make_bucket(self, keys: Keys, bucket: str, times: int = 12) -> None:
        """Make the bucket, and open it by the same keys; so many `times` at most.

        While others make theirs, the gateway finds its database locked, and answers 403 or 500 to whom it should not.
        """
        opened = ""
        for turn in range(times):
            if turn:
                time.sleep(PAUSE)
            status, text = self.ask(keys, "PUT", bucket, in_turn=True)
            # An earlier turn's bucket may be there, unopened: the user may have one, and is refused another.
            if status != 200 and FULL not in text:
                continue
            answer = self.ask(keys, "GET", f"{bucket}?max-keys=1", in_turn=True)
            if answer[0] == 200:
                return
            opened = f"; opened, it answers {answer[0] or 'nothing'} {answer[1]}"
            if status == 200:
                status, text = answer
        if status == 403:
            raise ObjectStoreError(f"Bucket {bucket} belongs to another user.")
        raise ObjectStoreError(f"Bucket {bucket} was not made: {status or 'no answer'} {text}{opened}")

    def opens(self, keys: Keys, bucket: str) -> bool:
        """Whether the bucket is there for whoever has the keys."""
        return self.ask(keys, "GET", f"{bucket}?max-keys=1")[0] == 200


def request(keys: Keys, method: str, path: str, body: str = "") -> str:
    """curl's settings for a request that the keys sign."""
    path, _, query = path.partition("?")
    address = f"{ADDRESS}/{quote(path)}" + (f"?{query}" if query else "")
    values = {
        "url": address,
        "request": method,
        "cacert": AUTHORITY,
        "aws-sigv4": "aws:amz:us-east-1:s3",
        "user": f"{keys.access}:{keys.secret}",
    } | ({"data-binary": body} if body else {})
    return "".join(f'{name} = "{value}"\n' for name, value in values.items())


def keys_of(user: str, printed: str, complained: str = "") -> Keys:
    """The first keys of a user in what radosgw-admin printed. Raises ObjectStoreError where there are none."""
    try:
        first: dict[str, Any] = json.loads(printed)["keys"][0]
        return Keys(first["access_key"], first["secret_key"])
    except (ValueError, LookupError, TypeError) as error:
        raise ObjectStoreError(f"The keys of user {user} cannot be read: {told(complained)}") from error


def told(complained: str) -> str:
    """The last line of what a tool complained of."""
    return ([line.strip() for line in complained.splitlines() if line.strip()] or ["it said nothing"])[-1][:300]
