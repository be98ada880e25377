"""All objects of a kind as they are now: listed, kept up by a watch, and listed anew when the watch is lost."""

import asyncio
import logging
from collections.abc import Callable

from ..model import Key, Object
from .api import ApiError, KubernetesApi
from .kinds import path

logger = logging.getLogger(__name__)

FIRST_PAUSE, LAST_PAUSE = 1.0, 30.0  # seconds before the API server is asked again, doubled in between
GONE = 410  # the API server no longer has what happened since a resource version


def key_of(item: Object) -> Key:
    """Namespace and name of an object."""
    return item["metadata"]["namespace"], item["metadata"]["name"]


class Informer:
    """`objects` is complete once `synced`; `changed` is called after each change of it."""

    def __init__(self, api: KubernetesApi, kind: str, changed: Callable[[], None]) -> None:
        self._api, self._kind, self._changed = api, kind, changed
        self.objects: dict[Key, Object] = {}
        self.synced = asyncio.Event()

    async def run(self) -> None:
        """Keep up until cancelled. What was known stays known while the API server does not answer."""
        pause = FIRST_PAUSE
        while True:
            try:
                version = await self._list()
                pause = FIRST_PAUSE
                while True:
                    version = await self._follow(version)
            except ApiError as error:
                if error.status == GONE:
                    continue
                logger.warning("%s cannot be watched, again in %.0f s: %s", self._kind, pause, error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LAST_PAUSE)

    async def _list(self) -> str:
        answer = await self._api.request("GET", path(self._kind))
        # Anew, not merged: what was deleted while nobody watched is in no event.
        self.objects = {key_of(item): item for item in answer["items"]}
        self.synced.set()
        self._changed()
        return answer["metadata"]["resourceVersion"]

    async def _follow(self, version: str) -> str:
        async for event in self._api.watch(self._kind, version):
            item = event["object"]
            if event["type"] == "ERROR":
                raise ApiError(item.get("code", 0), item.get("message", ""))
            version = item["metadata"]["resourceVersion"]
            if event["type"] == "BOOKMARK":
                continue
            if event["type"] == "DELETED":
                self.objects.pop(key_of(item), None)
            else:
                self.objects[key_of(item)] = item
            self._changed()
        return version
