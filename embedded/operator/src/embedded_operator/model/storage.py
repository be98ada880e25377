"""Storage of a node pool: its volumes, and which changes of it are allowed."""

import re
from decimal import Decimal
from typing import Any

from ..errors import InvalidResourceError
from .cluster import Volume

Resource = dict[str, Any]

QUANTITY = re.compile(r"(?P<number>[0-9.]+)(?P<unit>[KMGTPE]i|[mkKMGTPE]|[eE][-+]?[0-9]+)?")
UNITS = {"": Decimal(1), "m": Decimal("0.001"), "k": Decimal(1000)}
UNITS |= {unit: Decimal(1000) ** power for power, unit in enumerate("KMGTPE", 1)}
UNITS |= {f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", 1)}
CHANGEABLE = ("deleteClaim", "kraftMetadata", "size")  # kraftMetadata and size are looked at by themselves


def quantity(text: str) -> Decimal:
    """The number that a Kubernetes quantity such as 10Gi stands for. Raises ValueError on anything else."""
    found = QUANTITY.fullmatch(text)
    if not found:
        raise ValueError(f"'{text}' is no quantity: give one such as 10Gi")
    unit = found["unit"] or ""
    exponent = unit[:1] in ("e", "E") and unit[1:].lstrip("+-").isdigit()
    try:
        return Decimal(found["number"] + unit) if exponent else Decimal(found["number"]) * UNITS[unit]
    except ArithmeticError:
        raise ValueError(f"'{text}' is no quantity: give one such as 10Gi") from None


def _entries(storage: Resource) -> list[Resource]:
    """The volumes as the resource has them: those of `jbod`, or the one that the storage itself is."""
    return storage.get("volumes", []) if storage["type"] == "jbod" else [storage]


def _check_size(entry: Resource, pool: str) -> None:
    if not entry.get("size"):
        raise InvalidResourceError(
            f"The size is mandatory for a persistent-claim storage (KafkaNodePool.spec.storage of {pool})"
        )
    try:
        positive = quantity(entry["size"]) > 0
    except ValueError as error:
        raise InvalidResourceError(f"KafkaNodePool {pool}: spec.storage: size {error}") from error
    if not positive:
        raise InvalidResourceError(f"KafkaNodePool {pool}: spec.storage: size {entry['size']} is no size")


def parse_volumes(storage: Resource, pool: str) -> tuple[Volume, ...]:
    """Volumes of a pool's storage: those of `jbod`, or one. Raises InvalidResourceError."""
    is_jbod, entries = storage["type"] == "jbod", _entries(storage)
    if not entries:
        raise InvalidResourceError(f"KafkaNodePool {pool}: spec.storage.volumes is empty: give at least one volume")
    for entry in entries:
        if entry["type"] == "persistent-claim":
            _check_size(entry, pool)
    ids = [entry.get("id") for entry in entries] if is_jbod else [0]
    if None in ids or len(set(ids)) != len(ids):
        raise InvalidResourceError(f"KafkaNodePool {pool}: spec.storage.volumes need different ids, not {ids}")
    shared = [i for i, entry in zip(ids, entries, strict=True) if entry.get("kraftMetadata") == "shared"]
    if len(shared) > 1:
        raise InvalidResourceError(f"KafkaNodePool {pool}: only one volume can have kraftMetadata, not {shared}")
    metadata = shared[0] if shared else min(ids)
    names = [f"data-{i}" if is_jbod else "data" for i in ids]
    return tuple(Volume(i, n, i == metadata, entry) for i, n, entry in zip(ids, names, entries, strict=True))


def refused_changes(current: Resource, desired: Resource, pool: str) -> list[str]:
    """What of a change cannot be made, such as `volume 0: size from 2Gi to 1Gi`; empty where all of it can."""
    if (current["type"] == "jbod") != (desired["type"] == "jbod"):
        return [f"type from {current['type']} to {desired['type']}"]
    old = {volume.id: volume for volume in parse_volumes(current, pool)}
    new = {volume.id: volume for volume in parse_volumes(desired, pool)}
    refused = []
    for i in sorted(old.keys() & new.keys()):
        before, after = old[i].storage, new[i].storage
        fields = sorted({*before, *after}.difference(CHANGEABLE))
        changed = [name for name in fields if before.get(name) != after.get(name)]
        if "size" in before and "size" in after and quantity(after["size"]) < quantity(before["size"]):
            changed.append("size")
        refused += [f"volume {i}: {name} from {before.get(name)} to {after.get(name)}" for name in changed]
    at = [next(i for i, volume in volumes.items() if volume.metadata) for volumes in (old, new)]
    if at[0] != at[1]:
        # The node would begin without its metadata.
        refused.append(f"the metadata log from volume {at[0]} to {at[1]}")
    return refused
