"""What keeps a lab from the operator that it asks for, in words: what was found and what to do.

Like those of machine_checks, each function judges one thing that was measured and returns a list of messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.catdog.lab.plugins.module_utils.image_archives import has_registry

# What lab_operator may be, and how a message calls it.
OPERATORS = {"embedded": "the embedded operator", "strimzi": "Strimzi's release"}
# Label of the record of what was applied. Labs from before it was written had the embedded operator.
LABEL = "catdog-lab/operator"
# Label of the same record: how the operator came. Without it: by manifests.
INSTALL_LABEL = "catdog-lab/operator-install"


def operator_failures(operator: str) -> list[str]:
    """`operator`: the value of lab_operator; empty where an inventory has none."""
    if not operator or operator in OPERATORS:
        return []
    choices = " or ".join(f"{name} ({what})" for name, what in OPERATORS.items())
    return [f"lab_operator is '{operator}': choose {choices}."]


def other_operator_failures(records: Iterable[Mapping[str, Any]], operator: str, namespace: str) -> list[str]:
    """Kafka and its data do not change operators. `records`: the ConfigMaps that tell what was applied."""
    running = {(record["metadata"].get("labels") or {}).get(LABEL, "embedded") for record in records}
    if operator not in OPERATORS:
        return []
    return [
        f"lab_operator is {operator}, but the cluster has {OPERATORS.get(other, other)} (namespace {namespace}), and a "
        f"Kafka with its data does not change operators. Keep it (lab_operator={other}), or remove the labs first "
        "(make teardown)."
        for other in sorted(running - {operator})
    ]


def other_install_failures(records: Iterable[Mapping[str, Any]], install: str, namespace: str) -> list[str]:
    """An operator that came one way is not installed another way beside it. `records`: as above."""
    came = {(record["metadata"].get("labels") or {}).get(INSTALL_LABEL, "manifests") for record in records}
    if install == "existing":
        return []
    return [
        f"lab_operator_install is {install}, but this bundle brought the operator in namespace {namespace} by {other}. "
        f"Keep it (lab_operator_install={other}), or remove the labs first (make teardown)."
        for other in sorted(came - {install})
    ]


def release_failures(release: Mapping[str, Any]) -> list[str]:
    """`release`: the answer of module operator_images_info."""
    if not release.get("error"):
        return []
    return [
        f"Strimzi's release cannot be had. {release['error']} Check network and proxy, or set "
        "lab_operator_source to what lies on this machine: the folder install/cluster-operator of a release, or its "
        "one-file form."
    ]


def archive_failures(archives: Iterable[Mapping[str, Any]]) -> list[str]:
    """`archives`: the answer of module image_archive_info."""
    return [f"{entry['path']} of lab_image_archives {entry['error']}." for entry in archives if entry["error"]]


def sought_images(needed: Iterable[str], archives: Iterable[Mapping[str, Any]], held: Iterable[str]) -> list[str]:
    """The needed images that neither an archive nor the node has, so that a registry must."""
    known = {image["name"] for archive in archives for image in archive["images"]} | set(held)
    return [image for image in needed if image not in known]


def registries(images: Iterable[str]) -> list[str]:
    """Hosts of the registries that images name. A name without one means containerd's own, which is not asked."""
    return list(dict.fromkeys(image.partition("/")[0] for image in images if has_registry(image)))


def image_failures(
    sought: Iterable[str], answers: Mapping[str, str], archives: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Images that are in no archive, of a registry that does not answer: `answers` has what is wrong by its host."""
    failures = []
    lacking = ""
    if archives:
        names = sorted({image["name"] for archive in archives for image in archive["images"]})
        paths = ", ".join(archive["path"] for archive in archives)
        lacking = f" What lab_image_archives names ({paths}) has {', '.join(names) or 'no image'}."
    for host, error in answers.items():
        images = [image for image in sought if image.partition("/")[0] == host]
        if error and images:
            failures.append(
                f"the registry {host} does not answer ({error}), and no archive has {' and '.join(images)}.{lacking} "
                "Check network and proxy, or save the images by these names where the registry is reached and name "
                "the files in lab_image_archives."
            )
    return failures
