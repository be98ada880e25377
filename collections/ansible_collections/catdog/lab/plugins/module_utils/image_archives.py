"""Reads which images a docker or OCI archive holds, without unpacking it, and whether a node has them."""

from __future__ import annotations

import hashlib
import json
import tarfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

GZIP = b"\x1f\x8b"
# Annotations of an entry of an OCI index that name the image, in the order in which containerd looks.
NAMES = ("io.containerd.image.name", "org.opencontainers.image.ref.name")


class ArchiveError(Exception):
    """What is wrong with an archive, as it follows its path in a sentence."""


@dataclass(frozen=True)
class ArchivedImage:
    """An image of an archive: its `name`, and two digests of its content, of which an archive may lack one.

    `target` is what an OCI archive's index refers to, `config` the image's configuration, which Kubernetes takes for
    the image's id.
    """

    name: str
    target: str = ""
    config: str = ""


class Archive:
    """The files of an archive."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.members = {member.name.removeprefix("./"): member for member in tar if member.isfile()}

    def content(self, name: str) -> bytes:
        if name not in self.members:
            raise ArchiveError(f"is not whole: it lacks {name}")
        return self.tar.extractfile(self.members[name]).read()  # type: ignore[union-attr] - it is a file

    def read(self, name: str) -> Any:
        return json.loads(self.content(name))

    def blob(self, digest: str) -> Any:
        return self.read("blobs/" + digest.replace(":", "/"))


def has_registry(name: str) -> bool:
    """Whether an image's name begins with a registry, by the rule that all container tools have in common."""
    first, slash, _ = name.partition("/")
    return bool(slash) and ("." in first or ":" in first or first == "localhost")


def docker_images(archive: Archive) -> list[ArchivedImage]:
    images = []
    for entry in archive.read("manifest.json"):
        config = f"sha256:{hashlib.sha256(archive.content(entry['Config'])).hexdigest()}"
        images += [ArchivedImage(name, config=config) for name in entry.get("RepoTags") or []]
    return images


def oci_images(archive: Archive) -> list[ArchivedImage]:
    images = []
    for entry in archive.read("index.json")["manifests"]:
        annotations = entry.get("annotations") or {}
        name = next((annotations[key] for key in NAMES if annotations.get(key)), "")
        if not name:
            continue
        if not has_registry(name):
            raise ArchiveError(
                f"names its image '{name}', without a registry, and by that name no pod finds it. Give it the whole "
                f"name that the manifests have (skopeo copy … oci-archive:FILE:NAME, podman save … NAME)"
            )
        config = archive.blob(entry["digest"]).get("config") or {}
        images.append(ArchivedImage(name, entry["digest"], config.get("digest", "")))
    return images


def compression(path: Path) -> str:
    """How an archive is compressed, as tarfile calls it: by gzip, as `docker save` is often piped, or not."""
    with path.open("rb") as file:
        return "gz" if file.read(len(GZIP)) == GZIP else ""


def read_archive(path: Path) -> list[ArchivedImage]:
    """The images of a docker or OCI archive that have names; it may be compressed by gzip. Raises ArchiveError.

    One that is both (docker 25 and later) is read as containerd does, as OCI.
    """
    try:
        with tarfile.open(path, f"r:{compression(path)}") as tar:
            archive = Archive(tar)
            kinds = {"oci-layout": oci_images, "manifest.json": docker_images}
            reader = next((read for name, read in kinds.items() if name in archive.members), None)
            if not reader:
                raise ArchiveError("is no docker or OCI archive of images: it has neither oci-layout nor manifest.json")
            images = reader(archive)
    except FileNotFoundError as error:
        raise ArchiveError("does not exist") from error
    except IsADirectoryError as error:
        raise ArchiveError("is a folder, not an archive of images") from error
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise ArchiveError(f"is no archive of images, or not whole ({error})") from error
    except OSError as error:
        raise ArchiveError(f"cannot be read ({error.strerror or error})") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArchiveError(f"is no docker or OCI archive that can be read ({error!r})") from error
    if not images:
        raise ArchiveError("names none of its images. Save them by name, not by id (podman save … NAME)")
    return images


def describe(path: Path) -> dict[str, Any]:
    """An archive as modules return it: `path`, its `images`, and as `error` what is wrong with it, or nothing."""
    try:
        return {"path": str(path), "images": [asdict(image) for image in read_archive(path)], "error": ""}
    except ArchiveError as error:
        return {"path": str(path), "images": [], "error": str(error)}


def listed_images(listing: str) -> dict[str, str]:
    """Digests by names, out of what `ctr images list` prints. Kubernetes' ids of images are among the names."""
    rows = (line.split() for line in listing.splitlines()[1:])
    return {row[0]: row[2] for row in rows if len(row) > 2}


def is_held(image: Mapping[str, str], held: Mapping[str, str]) -> bool:
    """Whether a node that has the images `held` (digests by names) has this one of an archive, with this content.

    containerd puts its default registry before a name of a docker archive that has none.
    """
    name = image["name"]
    names = [name] if has_registry(name) else [known for known in held if known.endswith(f"/{name}")]
    contents = {digest for digest in (image["target"], held.get(image["config"])) if digest}
    return any(held.get(known) in contents for known in names)


def archives_to_load(archives: Iterable[Mapping[str, Any]], listing: str) -> list[str]:
    """Paths of the archives of which a node that lists its images so misses one."""
    held = listed_images(listing)
    return [archive["path"] for archive in archives if not all(is_held(image, held) for image in archive["images"])]
