"""What a local Kafka is run with: a Java, and Kafka's jars, which the build of the lab's Kafka image has fetched."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

JARS_VARIABLE = "CATDOG_KAFKA_JARS"
OLDEST_JAVA = 17
# Small, and quick to start rather than quick for long.
JVM = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


class MissingProgramError(Exception):
    """There is no Kafka to be started here, as the message says."""


@dataclass(frozen=True)
class Program:
    """A Java and a folder of jars."""

    java: str
    jars: Path

    def command(self, folder: Path, main: str, *arguments: str) -> list[str]:
        """How a class of Kafka's is run. folder: has log4j2.properties."""
        logging = f"-Dlog4j2.configurationFile={folder}/log4j2.properties"
        return [self.java, *JVM, logging, "-cp", f"{self.jars}/*", main, *arguments]


def find_program() -> Program:
    """Java of the PATH, and the jars of CATDOG_KAFKA_JARS or of the build cache. Raises MissingProgramError."""
    given = os.environ.get(JARS_VARIABLE)
    jars = Path(given) if given else _built(build_cache() / "kafka")
    if jars is None or not jars.is_dir():
        where = given or build_cache() / "kafka"
        raise MissingProgramError(f"no jars of Kafka in {where}: the lab's Kafka image is not built yet (make lab)")
    java = shutil.which("java")
    if java is None:
        raise MissingProgramError("no java on the PATH: the Debian package maven brings one")
    if (version := _version(java)) < OLDEST_JAVA:
        raise MissingProgramError(f"{java} is Java {version}: Kafka wants {OLDEST_JAVA} or later")
    return Program(java, jars)


def build_cache() -> Path:
    """Where the bundle keeps what it has built."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("CATDOG_LAB_CACHE") or Path(home, "catdog-lab"))


def _built(folder: Path) -> Path | None:
    """The newest folder of jars that is whole: then a file of its name and `.pom` lies beside it."""
    whole = sorted(folder.glob("*.pom"), key=lambda mark: mark.stat().st_mtime)
    return whole[-1].with_suffix("") if whole else None


def _version(java: str) -> int:
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0
