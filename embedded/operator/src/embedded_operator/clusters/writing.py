"""Objects and pods brought to what they should be, and deleted when nothing asks for them any more."""

import asyncio
import logging

from ..kubernetes.api import ApiError, KubernetesApi
from ..objects import pods, volume_claims
from ..objects.comparison import is_as_desired
from ..objects.metadata import Object
from .observed_state import ObservedState
from .pod_rollout import Rollout, decide

logger = logging.getLogger(__name__)

IDENTITY = {"apiVersion", "kind", "metadata"}
INVALID = 422  # HTTP status of an invalid object
MINIMAL_GRACE_PERIOD = 1  # seconds that a pod is given which has nothing to keep


class Writer:
    """Writes for one reconciliation of a cluster; what it was asked to write is what the cluster needs."""

    def __init__(self, api: KubernetesApi, observed: ObservedState) -> None:
        self._api, self._observed = api, observed
        self._needed: set[tuple[str, str]] = set()

    async def write(self, desired: list[Object]) -> list[Object]:
        """Write what is not as desired; returns all of them as the API server has them."""
        self._needed |= {(item["kind"], item["metadata"]["name"]) for item in desired}
        responses = await asyncio.gather(*(self._write(item) for item in desired))
        return [{**response, "kind": item["kind"]} for response, item in zip(responses, desired, strict=True)]

    async def _write(self, item: Object) -> Object:
        kind, metadata = item["kind"], item["metadata"]
        found = self._observed.get(kind, metadata["name"])
        if found and is_as_desired(found, item):
            return found
        logger.info("%s %s %s/%s", "change" if found else "create", kind, metadata["namespace"], metadata["name"])
        try:
            response = await self._api.apply(item)
        except ApiError as error:
            if found is None or error.status != INVALID:
                raise
            response = None
        if response and (found is None or is_as_desired(response, item)):
            return response
        # What somebody else put into a list stays there, and may not go with ours: a Service's port of the same name.
        content = {key: item[key] for key in item.keys() - IDENTITY}
        merged = await self._api.merge(kind, metadata["namespace"], metadata["name"], content)
        if merged is None:
            raise ApiError(404, f"{kind} {metadata['name']} was deleted meanwhile")
        return merged

    async def remove_surplus(self, is_rolling: bool) -> None:
        """Delete what was made for listeners, nodes or an entity operator that are no longer asked for.

        Claims go only where they are to, and when no pod is left that may need them.
        """
        for kind, items in self._observed.objects.items():
            for name, item in items.items() if kind != "Pod" else ():
                is_kept = kind == "PersistentVolumeClaim" and (is_rolling or not volume_claims.is_deletable(item))
                if (kind, name) not in self._needed and not is_kept:
                    namespace = item["metadata"]["namespace"]
                    logger.info("delete %s %s/%s", kind, namespace, name)
                    await self._api.delete(kind, namespace, name)


async def roll_pods(api: KubernetesApi, desired: dict[str, Object], observed: ObservedState) -> Rollout:
    """Create pods that are missing and delete those that are broken; returns what else is to be done."""
    rollout = decide(desired, observed.kafka_pods)
    await asyncio.gather(*(api.apply(desired[name]) for name in rollout.create))
    for name in rollout.delete:
        await delete_pod(api, observed.objects["Pod"][name])
    return rollout


async def delete_pod(api: KubernetesApi, pod: Object) -> None:
    """Delete a pod that is not on its way out."""
    metadata = pod["metadata"]
    if "deletionTimestamp" not in metadata:
        logger.info("delete Pod %s/%s", metadata["namespace"], metadata["name"])
        await api.delete("Pod", metadata["namespace"], metadata["name"], metadata["uid"])


async def remove_what_pools_own(api: KubernetesApi, observed: ObservedState) -> None:
    """After a Kafka is deleted: what its node pools own, since these may stay. The rest goes with its owner.

    Claims stay as long as their pool does. Brokers would wait for a quorum that ends as they do, so pods that keep
    nothing end at once.
    """
    for kind, items in observed.objects.items():
        if kind == "PersistentVolumeClaim":
            continue
        for name, item in items.items():
            owners = item["metadata"].get("ownerReferences", [])
            if any(owner["kind"] == "KafkaNodePool" for owner in owners):
                grace = MINIMAL_GRACE_PERIOD if kind == "Pod" and not pods.keeps_data(item) else None
                await api.delete(kind, item["metadata"]["namespace"], name, grace=grace)
