"""What the shared part of the inventories makes of an instructor's values and of the environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("given", "expected"),
    [("", "localhost,127.0.0.1,::1"), ("a, localhost,b,,a", "a,localhost,b,127.0.0.1,::1")],
)
def test_what_is_reached_without_a_proxy_is_named_once(given: str, expected: str):
    result = subprocess.run(
        [
            Path(sys.executable).parent / "ansible",
            f"--inventory={ROOT / 'inventories/embedded'}",
            "cluster",
            "--module-name=debug",
            "--args=var=lab_environment",
        ],
        cwd=ROOT,
        env=os.environ | {"ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "NO_PROXY": given, "no_proxy": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    said = json.loads(result.stdout.partition("=>")[2])["lab_environment"]
    assert said == dict.fromkeys(("NO_PROXY", "no_proxy", "K8S_AUTH_NO_PROXY"), expected)
