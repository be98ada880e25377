"""An image's definition: the `image.yml` beside its Containerfile, and the tag, which comes from its inputs' content.

    name: kafka
    base: {suite: bookworm, packages: [openjdk-17-jre-headless]}      # left out: the Containerfile starts from scratch
    context: [{src: embedded/images/kafka/bin, dest: bin}, {src: "{cache}/kafka", dest: libs}]
    inputs: [embedded/images/kafka/pom.xml]                           # what `prepare` reads; counts for the tag
    build_args: {KAFKA_VERSION: "4.3.1"}
    prepare: [embedded/images/kafka/prepare, "{cache}/kafka"]         # argv; makes what `context` takes from the cache

Paths are relative to the repository's root. Sources under `{cache}` do not count for the tag (they do not exist before
`prepare` ran): the script of `prepare` and `inputs` stand for them. The source `{photos}` is the instructor's folder of
photos, whose content counts, not its path; without one that source is empty, and the tag as if it were not there.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CACHE = "{cache}"
PHOTOS = "{photos}"
# Where definitions are looked for, from the repository's root.
PLACES = ("embedded/images/*/image.yml", "app/image.yml", "app/clients/image.yml")
KEYS = {"name", "base", "context", "inputs", "build_args", "prepare"}
# What tools leave in a checkout: it is no input of an image and not the same on two machines.
IGNORED = ("__pycache__", "*.pyc", ".pytest_cache", ".ruff_cache", ".ipynb_checkpoints", "*.egg-info")
# Raised when the way of building changes what comes out of the same inputs, so that every tag changes with it.
RECIPE = 1


class ImageDefinitionError(ValueError):
    """A definition that cannot be used: the message names the file and what is wrong with it."""


@dataclass(frozen=True)
class ImageDefinition:
    name: str
    directory: Path
    root: Path
    base: dict[str, Any] = field(default_factory=dict)
    context: list[dict[str, str]] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    build_args: dict[str, str] = field(default_factory=dict)
    prepare: list[str] = field(default_factory=list)

    @property
    def base_key(self) -> str:
        """12 hex digits for a base of this suite with these packages; empty without a base."""
        return digest(self.base) if self.base else ""

    @property
    def takes_photos(self) -> bool:
        """Whether an instructor's photos go into it."""
        return any(item["src"] == PHOTOS for item in self.context)

    def tag(self, base_image: str = "", photos: str = "") -> str:
        """12 hex digits of the inputs' content.

        base_image: stands in for the base made by mmdebstrap; photos: the digest of those that go in, empty without.
        """
        paths = [str((self.directory / "Containerfile").relative_to(self.root)), *self.inputs]
        context = [item for item in self.context if photos or item["src"] != PHOTOS]
        paths += [item["src"] for item in context if not item["src"].startswith((CACHE, PHOTOS))]
        if self.prepare and (self.root / self.prepare[0]).is_file():
            paths.append(self.prepare[0])
        files = {
            str(path.relative_to(self.root)): fingerprint(path)
            for name in paths
            for path in files_of(self.source(name, self.root))
        }
        if photos and self.takes_photos:
            files[PHOTOS] = photos
        base = base_image or self.base
        return digest([RECIPE, self.name, base, context, self.build_args, self.prepare, files])

    def source(self, name: str, cache: Path) -> Path:
        """The file or folder that `name` stands for; it must exist."""
        path = cache / name.removeprefix(CACHE).lstrip("/") if name.startswith(CACHE) else self.root / name
        if not os.path.lexists(path):
            made_by = " (prepare should have made it)" if name.startswith(CACHE) else ""
            raise ImageDefinitionError(f"{self.directory / 'image.yml'}: {name} does not exist at {path}{made_by}.")
        return path


def files_of(path: Path) -> Iterator[Path]:
    """`path` itself if it is a file or link, else every file and link below it, in order, without `IGNORED` ones."""
    if path.is_symlink() or not path.is_dir():
        yield path
        return
    for entry in sorted(path.iterdir()):
        if not any(fnmatch.fnmatch(entry.name, pattern) for pattern in IGNORED):
            yield from files_of(entry)


def fingerprint(path: Path) -> str:
    """What a file is worth for a tag: where a link points to, or content and whether it can be executed."""
    if path.is_symlink():
        return f"link {path.readlink()}"
    executable = "x" if path.stat().st_mode & 0o100 else "-"
    return f"file {executable} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


def find(name: str, root: Path) -> ImageDefinition:
    """The definition of the image `name` among the repository's; raises ImageDefinitionError with the known names."""
    paths = [path for place in PLACES for path in sorted(root.glob(place))]
    known = {definition.name: definition for definition in (load(path, root) for path in paths)}
    if name not in known:
        raise ImageDefinitionError(f"No image is named '{name}'. Known images: {', '.join(sorted(known)) or 'none'}.")
    return known[name]


def load(path: Path, root: Path) -> ImageDefinition:
    """Read and check one `image.yml`."""
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ImageDefinitionError(f"{path} cannot be read: {error}") from error
    try:
        return parse(content, path.parent, root)
    except (KeyError, TypeError, ValueError) as error:
        raise ImageDefinitionError(f"{path}: {error}") from error


def parse(content: Any, directory: Path, root: Path) -> ImageDefinition:
    if not isinstance(content, dict) or not isinstance(content.get("name"), str):
        raise TypeError("expected a mapping with at least a name")
    if unknown := set(content) - KEYS:
        raise ValueError(f"unknown keys {sorted(unknown)}; known are {sorted(KEYS)}")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", content["name"]):
        raise ValueError(f"name '{content['name']}' must be of lower-case letters, digits and dashes")
    for key in ("context", "inputs", "prepare"):
        if not isinstance(content.get(key, []), list):
            raise TypeError(f"{key} must be a list, is {type(content[key]).__name__}")
    context = [{"src": item["src"], "dest": item["dest"]} for item in content.get("context", [])]
    prepare = [str(word) for word in content.get("prepare", [])]
    if not prepare and any(item["src"].startswith(CACHE) for item in context):
        raise ValueError("context takes something from {cache}, so prepare must say what makes it")
    if any(item["src"].startswith(PHOTOS) and item["src"] != PHOTOS for item in context):
        raise ValueError("{photos} is the whole folder: nothing can follow it in src")
    base = content.get("base") or {}
    if base:
        base = {"suite": base["suite"], "packages": sorted({"ca-certificates", *base.get("packages", [])})}
    build_args = {key: str(value) for key, value in content.get("build_args", {}).items()}
    inputs = list(content.get("inputs", []))
    return ImageDefinition(content["name"], directory, root, base, context, inputs, build_args, prepare)
