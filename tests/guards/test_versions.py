"""A version stands in one place, or is the same wherever it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

# Component: where its version is set (file, pattern), and how it is known elsewhere (a word of the line, a pattern).
COMPONENTS = {
    "Kubernetes": (
        ("embedded/kubernetes/go.mod", r"k8s\.io/kubernetes v(\S+)"),
        r"(?i)kube|kind",
        r"\bv?(1\.3\d\.\d+)\b",
    ),
    "its modules": (("embedded/kubernetes/go.mod", r"k8s\.io/api v(\S+)"), r"k8s\.io", r"\bv?(0\.3\d\.\d+)\b"),
    "kind": (("embedded/kubernetes/go.mod", r"sigs\.k8s\.io/kind v(\S+)"), r"\bkind\b", r"\bv(0\.3\d\.\d+)\b"),
    "etcd": (("embedded/kubernetes/go.mod", r"go\.etcd\.io/etcd/server/v3 v(\S+)"), r"etcd", r"\bv?(3\.6\.\d+)\b"),
    "CoreDNS": (("embedded/kubernetes/go.mod", r"coredns/coredns v(\S+)"), r"(?i)coredns", r"\bv?(1\.14\.\d+)\b"),
    "Kafka": (
        ("embedded/images/kafka/pom.xml", r"<kafka\.version>([^<]+)<"),
        r"(?i)kafka",
        r"(?<![\d.])(4\.\d+\.\d+)\b",
    ),
    "Strimzi": (
        ("embedded/operator/crds/pom.xml", r"<strimzi\.version>([^<]+)<"),
        r"(?i)strimzi|crds/",
        r"(?<![\d.])(1\.[2-9]\.\d+)\b",
    ),
}
# Files that record what was, or list what others chose.
LEFT_OUT = re.compile(
    r"^(CHANGELOG\.md|locks/|.*go\.(mod|sum)$|app/models/|docs/decisions/|tests/guards/test_versions\.py)"
)


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_version_is_the_same_everywhere(root: Path, project_texts: dict[Path, str], component: str):
    (source, setting), word, version = COMPONENTS[component]
    found = re.search(setting, (root / source).read_text())
    assert found, f"{source} no longer sets the version of {component}"
    others = [
        f"{path}:{number}: {line.strip()}"
        for path, text in project_texts.items()
        if not LEFT_OUT.match(str(path))
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(word, line) and any(match != found[1] for match in re.findall(version, line))
    ]
    assert not others, "\n".join([f"{component} is {found[1]} in {source}, but:", *others])


def test_kubernetes_and_its_modules_go_together(root: Path):
    text = (root / "embedded/kubernetes/go.mod").read_text()
    assert re.search(r"k8s\.io/api v0\.(\S+)", text)[1] == re.search(r"k8s\.io/kubernetes v1\.(\S+)", text)[1]
