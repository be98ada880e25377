"""An API server over HTTP, as far as the router uses one: lists, watches that can be lost, rights that were used."""

import asyncio
import copy
import json
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from embedded_router.kubernetes.kinds import PATHS

Object = dict[str, Any]
ROOTS = {root: {plural: kind for kind, (of, plural) in PATHS.items() if of == root} for root, _ in PATHS.values()}


def merged(old: Any, change: Any) -> Any:
    """A JSON merge patch."""
    if not isinstance(old, dict) or not isinstance(change, dict):
        return change
    kept = {key: value for key, value in old.items() if key not in change}
    return {**kept, **{key: merged(old.get(key), value) for key, value in change.items() if value is not None}}


class Cluster:
    """`objects` by kind, namespace and name. `oldest`: the first version of which a watch can still be had."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str, str], Object] = {}
        self.events: list[tuple[int, str, str, Object]] = []  # version, kind, type, object
        self.version, self.oldest, self.lists = 0, 0, 0
        self.used: set[tuple[str, str, str]] = set()  # API group, resource, verb
        self.terminating: set[str] = set()  # namespaces in which nothing new is made
        self._age = 0  # watches of an earlier one end
        self._is_closed = False
        self._changed = asyncio.Condition()
        self._server: TestServer | None = None

    async def __aenter__(self) -> "Cluster":
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._server = TestServer(app)
        await self._server.start_server()
        self.address = str(self._server.make_url("/")).rstrip("/")
        return self

    async def __aexit__(self, *_: Any) -> None:
        self._is_closed = True
        await self._notify(end_watches=True)
        if self._server:
            await self._server.close()

    async def _notify(self, end_watches: bool = False) -> None:
        self._age += end_watches
        async with self._changed:
            self._changed.notify_all()

    async def put(self, kind: str, item: Object) -> None:
        """Have an object, as if somebody had made or changed it."""
        key = kind, item["metadata"]["namespace"], item["metadata"]["name"]
        self.version += 1
        made = copy.deepcopy(item)
        made["metadata"]["resourceVersion"] = str(self.version)
        self.events.append((self.version, kind, "MODIFIED" if key in self.objects else "ADDED", made))
        self.objects[key] = made
        await self._notify()

    async def delete(self, kind: str, namespace: str, name: str) -> None:
        """Lose an object."""
        self.version += 1
        self.events.append((self.version, kind, "DELETED", self._gone(kind, namespace, name)))
        await self._notify()

    def _gone(self, kind: str, namespace: str, name: str) -> Object:
        item = self.objects.pop((kind, namespace, name))
        item["metadata"]["resourceVersion"] = str(self.version)
        return item

    async def lose_watches(self) -> None:
        """End all watches, and remember nothing of what happened before."""
        self.oldest = self.version + 1
        await self._notify(end_watches=True)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        root = next(root for root in ROOTS if path.startswith(f"{root}/"))
        parts = path[len(root) + 1 :].split("/")
        namespace = parts[1] if parts[0] == "namespaces" else ""
        plural, *rest = parts[2:] if namespace else parts
        kind = ROOTS[root][plural]
        group, resource = root.removeprefix("apis/").split("/")[0], "/".join([plural, *rest[1:]])
        verb = {"GET": "get" if rest else "list", "PATCH": "patch", "POST": "create"}[request.method]
        if "watch" in request.query:
            verb = "watch"
        self.used.add(("" if root.startswith("api/") else group, resource, verb))
        if verb == "watch":
            return await self._watch(request, kind)
        if verb == "list":
            self.lists += 1
            items = [item for (of, *_), item in self.objects.items() if of == kind]
            return web.json_response({"metadata": {"resourceVersion": str(self.version)}, "items": items})
        if verb == "create":
            if namespace in self.terminating:
                return web.json_response({"message": f"namespace {namespace} is being terminated"}, status=403)
            item = await request.json()
            item["metadata"].setdefault("name", f"{item['metadata'].get('generateName', '')}{self.version}")
            await self.put(kind, item)
            return web.json_response(item)
        found = self.objects.get((kind, namespace, rest[0]))
        if found is None:
            return web.json_response({"message": f"{plural} {rest[0]} not found"}, status=404)
        if verb == "patch":
            change = await request.json()
            if change["metadata"]["resourceVersion"] != found["metadata"]["resourceVersion"]:
                return web.json_response({"message": "the object has been modified"}, status=409)
            found = merged(found, change)
            await self.put(kind, found)
        return web.json_response(found)

    async def _watch(self, request: web.Request, kind: str) -> web.StreamResponse:
        seen, age = int(request.query["resourceVersion"]), self._age
        response = web.StreamResponse()
        await response.prepare(request)

        async def send(event: Object) -> None:
            await response.write(json.dumps(event).encode() + b"\n")

        if seen < self.oldest - 1:
            await send({"type": "ERROR", "object": {"kind": "Status", "code": 410, "message": "too old"}})
            return response
        while age == self._age and not self._is_closed:
            for version, of, event, item in [each for each in self.events if each[0] > seen]:
                seen = version
                if of == kind:
                    await send({"type": event, "object": item})
            async with self._changed:
                if age == self._age and not self._is_closed and self.version <= seen:
                    await self._changed.wait()
        return response
