"""Calls to the Kubernetes API: get, list, create, apply, patch, delete, over aiohttp (which kopf brings along)."""

import asyncio
import json
import os
import ssl
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp

from ..errors import OperatorError
from .kinds import MANAGER, PATHS

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
TOKEN_LIFETIME = 60.0  # the mounted token is renewed; read it again after this many seconds

Object = dict[str, Any]


class ApiError(OperatorError):
    """The API server refused a request; `status` is its HTTP status."""

    reason = "KubernetesClientException"

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        # The same request may succeed later: a conflict, or a server in trouble.
        self.is_transient = status in (404, 409, 429) or status >= 500


def message_of(response: str) -> str:
    """What a refusal says: the message of a Status, or, where nobody is responsible, plain text."""
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
        context = ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt"))
        host = f"[{host}]" if ":" in host else host
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

    async def _request(
        self, method: str, path: str, body: Any = None, content_type: str = "application/json"
    ) -> Object:
        if self._session is None:
            connector = aiohttp.TCPConnector(ssl=self._context or False, limit=16)
            self._session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=30))
        headers = {**self._headers(), "Content-Type": content_type}
        data = None if body is None else json.dumps(body)
        async with self._session.request(method, f"{self._server}/{path}", data=data, headers=headers) as response:
            if response.status >= 400:
                raise ApiError(response.status, message_of(await response.text()) or response.reason or "")
            return await response.json(content_type=None)

    async def _request_if_there(self, *request: Any) -> Object | None:
        """The response to a request, None where there is no such object."""
        try:
            return await self._request(*request)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    @staticmethod
    def _path(kind: str, namespace: str | None, name: str = "", subresource: str = "") -> str:
        root, plural = PATHS[kind]
        parts = [root, *(["namespaces", namespace] if namespace else []), plural]
        return "/".join([*parts, *(part for part in (name, subresource) if part)])

    async def get(self, kind: str, namespace: str | None, name: str) -> Object | None:
        """One object (of no namespace where that is None), None where it does not exist."""
        return await self._request_if_there("GET", self._path(kind, namespace, name))

    async def serves(self, kind: str) -> bool:
        """Whether the API server has the API that a kind belongs to."""
        return await self._request_if_there("GET", PATHS[kind][0]) is not None

    async def list_objects(self, kind: str, namespace: str | None, selector: str = "") -> list[Object]:
        """Objects of a namespace (all where it is None) that a label selector selects."""
        query = f"?labelSelector={quote(selector)}" if selector else ""
        response = await self._request("GET", self._path(kind, namespace) + query)
        # Items of a list do not name their own kind.
        return [{"apiVersion": response["apiVersion"], "kind": kind, **item} for item in response["items"]]

    async def list_kinds(self, kinds: list[str], namespace: str, selector: str) -> dict[str, dict[str, Object]]:
        """Objects of several kinds: kind -> name -> object."""
        lists = await asyncio.gather(*(self.list_objects(kind, namespace, selector) for kind in kinds))
        return {
            kind: {item["metadata"]["name"]: item for item in items} for kind, items in zip(kinds, lists, strict=True)
        }

    async def apply(self, item: Object) -> Object:
        """Create an object or bring it to what is given (server-side apply; fields of other managers stay)."""
        metadata = item["metadata"]
        path = self._path(item["kind"], metadata["namespace"], metadata["name"])
        query = f"?fieldManager={MANAGER}&force=true"
        return await self._request("PATCH", path + query, item, "application/apply-patch+yaml")

    async def merge(self, kind: str, namespace: str, name: str, change: Object, subresource: str = "") -> Object | None:
        """Merge a change into an object (None values remove); None where the object is gone."""
        path = self._path(kind, namespace, name, subresource)
        return await self._request_if_there("PATCH", path, change, "application/merge-patch+json")

    async def delete(
        self, kind: str, namespace: str, name: str, uid: str | None = None, grace: int | None = None
    ) -> None:
        """Delete an object (only the one with this uid, where given); nothing where it is gone. `grace`: seconds that a
        pod is given to end, where they are not to be its own."""
        options: Object = {"propagationPolicy": "Background"}
        if grace is not None:
            options["gracePeriodSeconds"] = grace
        if uid:
            options["preconditions"] = {"uid": uid}
        try:
            await self._request("DELETE", self._path(kind, namespace, name), options)
        except ApiError as error:
            if error.status not in (404, 409):
                raise
