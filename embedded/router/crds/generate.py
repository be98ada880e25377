#!/usr/bin/env python3
"""Take the CRD of Routes out of OpenShift's Go module: no release file, no image registry, only a Go module registry.

`generate.py --cache DIR` writes `DIR/crds/openshift-<version>/routes.yaml`, byte-identical to the module's file, and
does nothing when it is there already. The version is the one of go.mod; Go is the one that builds Kubernetes.
"""

import argparse
import fcntl
import importlib.machinery
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
KUBERNETES = HERE.parents[1] / "kubernetes"
MODULE = "github.com/openshift/api"
FILE = Path("route", "v1", "zz_generated.crd-manifests", "routes.crd.yaml")


def module_version() -> str:
    """Version of OpenShift's API, from the one place that names it: go.mod."""
    return re.search(rf"{re.escape(MODULE)} (v\S+)", (HERE / "go.mod").read_text())[1]


def load_kubernetes_build() -> ModuleType:
    """The script that builds Kubernetes, for its toolchain."""
    sys.dont_write_bytecode = True  # every file of its folder counts for what is built there
    loader = importlib.machinery.SourceFileLoader("kubernetes_build", str(KUBERNETES / "build"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def module_folder(cache: Path) -> Path:
    """Where Go has the module, fetched and compared with go.sum."""
    kubernetes = load_kubernetes_build()
    (cache / "kubernetes").mkdir(parents=True, exist_ok=True)
    with (cache / "kubernetes" / "lock").open("w") as lock:  # the toolchain is fetched by one at a time
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            environment = kubernetes.toolchain(cache)
        except kubernetes.BuildError as error:
            sys.exit(f"generate.py: {error}")
    command = [f"{environment['GOROOT']}/bin/go", "mod", "download", "-json", MODULE]
    done = subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True, check=False)
    answer = json.loads(done.stdout or "{}")
    if done.returncode or "Dir" not in answer:
        said = answer.get("Error") or done.stderr.strip()
        sys.exit(f"generate.py: {MODULE} could not be fetched: {said}. Is a Go module registry reached?")
    return Path(answer["Dir"])


def generate(cache: Path) -> Path:
    """Write the CRD; returns its folder."""
    folder = cache / "crds" / f"openshift-{module_version()}"
    wanted = folder / "routes.yaml"
    if not wanted.is_file():
        content = (module_folder(cache) / FILE).read_bytes()
        folder.mkdir(parents=True, exist_ok=True)
        new = wanted.with_suffix(".new")
        new.write_bytes(content)
        new.replace(wanted)
    return folder


def main() -> None:
    """Command line: one option, the build cache."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True, help="build cache, $CATDOG_LAB_CACHE")
    print(generate(parser.parse_args().cache.resolve()))


if __name__ == "__main__":
    main()
