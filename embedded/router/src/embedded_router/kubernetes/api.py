"""Requests to the Kubernetes API over aiohttp: read, merge, create, and a watch's events as they come."""

import json
import os
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp

from ..model import Object
from .kinds import path

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
TOKEN_LIFETIME = 60.0  # the mounted token is renewed; read it again after this many seconds
WATCH_SECONDS = 300  # then the API server is asked anew, so that a silent connection is noticed


class ApiError(Exception):
    """The API server refused a request, or was not reached; `status` is its HTTP status, 0 where there is none."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def message_of(response: str) -> str:
    """What a refusal says: the message of a Status, or plain text."""
    try:
        return json.loads(response)["message"]
    except (ValueError, LookupError, TypeError):
        return response.strip()


class KubernetesApi:
    """The API server that this pod's service account reaches."""

    def __init__(self, server: str, context: ssl.SSLContext | None, token_file: Path | None) -> None:
        self._server, self._context, self._token_file = server, context, token_file
        self._token, self._token_read = "", 0.0
        self._session: aiohttp.ClientSession | None = None

    @classmethod
    def in_cluster(cls) -> "KubernetesApi":
        """From the environment and service account of a pod. Raises KeyError outside of one."""
        host, port = os.environ["KUBERNETES_SERVICE_HOST"], os.environ["KUBERNETES_SERVICE_PORT"]
        host = f"[{host}]" if ":" in host else host
        context = ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt"))
        return cls(f"https://{host}:{port}", context, ACCOUNT / "token")

    async def close(self) -> None:
        """End all connections."""
        if self._session:
            await self._session.close()

    def _headers(self) -> dict[str, str]:
        if not self._token_file:
            return {}
        if time.monotonic() - self._token_read > TOKEN_LIFETIME:
            self._token, self._token_read = self._token_file.read_text().strip(), time.monotonic()
        return {"Authorization": f"Bearer {self._token}"}

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(ssl=self._context or False, limit=16)
            self._session = aiohttp.ClientSession(connector=connector)
        return self._session

    async def request(
        self, method: str, where: str, body: Any = None, content_type: str = "application/json"
    ) -> Object:
        """One request and its answer. Raises ApiError."""
        data, headers = None if body is None else json.dumps(body), {**self._headers(), "Content-Type": content_type}
        options: dict[str, Any] = {"data": data, "headers": headers, "timeout": aiohttp.ClientTimeout(total=30)}
        try:
            async with self._connected().request(method, f"{self._server}/{where}", **options) as response:
                if response.status >= 400:
                    raise ApiError(response.status, message_of(await response.text()) or response.reason or "")
                return await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ApiError(0, f"the API server is not reached: {error or type(error).__name__}") from error

    async def get(self, kind: str, namespace: str, name: str) -> Object | None:
        """One object, None where it does not exist. Raises ApiError."""
        try:
            return await self.request("GET", path(kind, namespace, name))
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    async def merge(self, kind: str, resource: Object, change: Object, subresource: str = "") -> None:
        """Merge a change into a resource in the form in which it was read. Raises ApiError.

        One that has changed since, or is gone, is left alone: its next event makes work anew.
        """
        metadata = resource["metadata"]
        of_this_form = {"resourceVersion": metadata["resourceVersion"], **change.get("metadata", {})}
        where = path(kind, metadata["namespace"], metadata["name"], subresource)
        try:
            await self.request("PATCH", where, {**change, "metadata": of_this_form}, "application/merge-patch+json")
        except ApiError as error:
            if error.status not in (404, 409):
                raise

    async def watch(self, kind: str, version: str) -> AsyncIterator[Object]:
        """Events of all objects of a kind after a resource version, until the watch's time is over. Raises ApiError."""
        query = {"watch": 1, "resourceVersion": version, "allowWatchBookmarks": "true", "timeoutSeconds": WATCH_SECONDS}
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=30, sock_read=WATCH_SECONDS + 30)
        where, rest = f"{self._server}/{path(kind)}?{urlencode(query)}", b""
        try:
            async with self._connected().get(where, headers=self._headers(), timeout=timeout) as response:
                if response.status >= 400:
                    raise ApiError(response.status, message_of(await response.text()) or response.reason or "")
                # Not by lines: aiohttp's are of limited length, and an object is one line.
                async for part in response.content.iter_any():
                    *lines, rest = (rest + part).split(b"\n")
                    for line in lines:
                        yield json.loads(line)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ApiError(0, f"the API server is not reached: {error or type(error).__name__}") from error
