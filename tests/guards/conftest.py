"""What the guards share: the files of the project, as a clone would have them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GENERATED = {".git", ".ansible", ".venv", ".venv-test", "build", "reports", "__pycache__"}


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def project_files() -> list[Path]:
    """Every file that is part of the project or about to be; without git, every file that is not generated."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if listing.returncode == 0:
        files = [ROOT / line for line in listing.stdout.splitlines()]
    else:
        files = [path for path in ROOT.rglob("*") if not GENERATED & set(path.relative_to(ROOT).parts)]
    return [path for path in files if path.is_file()]


@pytest.fixture(scope="session")
def project_texts(project_files: list[Path]) -> dict[Path, str]:
    """Text of every file that is text, by its path in the checkout."""
    texts = {}
    for path in project_files:
        try:
            texts[path.relative_to(ROOT)] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return texts


@pytest.fixture(scope="session")
def roles() -> list[Path]:
    """The folders of all roles."""
    return sorted(path.parent.parent for path in ROOT.glob("roles/*/tasks/main.yml"))
