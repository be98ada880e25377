"""Which node ids a pool's nodes have: once given they stay, new ones run on over the pools in order of their names."""

from typing import Any

from ..errors import InvalidResourceError


def assign_node_ids(pools: list[dict[str, Any]], pods: dict[str, set[int]]) -> dict[str, list[int]]:
    """Node ids of every pool by its name.

    `pools` in order of their names; `pods`: ids that running pods of each pool have (they count even where a pool's
    status was not written yet). Raises InvalidResourceError where a pool is to lose nodes, which is not supported.
    """
    kept = {}
    for pool in pools:
        name = pool["metadata"]["name"]
        kept[name] = sorted({*pool.get("status", {}).get("nodeIds", []), *pods.get(name, set())})
        wanted = pool["spec"]["replicas"]
        if wanted < len(kept[name]):
            raise InvalidResourceError(
                f"KafkaNodePool {name}: the embedded operator does not support scaling spec.replicas down from "
                f"{len(kept[name])} to {wanted}"
            )
    taken = {node_id for ids in kept.values() for node_id in ids}
    for pool in pools:
        ids = kept[pool["metadata"]["name"]]
        candidate = 0
        while len(ids) < pool["spec"]["replicas"]:
            if candidate not in taken:
                ids.append(candidate)
                taken.add(candidate)
            candidate += 1
        ids.sort()
    return kept
