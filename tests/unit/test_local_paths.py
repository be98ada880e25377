"""What an instructor names is found, from wherever it was named."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("named", "found"),
    [
        (["/a.tar", "b/c.tar"], ["/a.tar", "{here}/b/c.tar"]),
        ("/a.tar, b.tar", ["/a.tar", "{here}/b.tar"]),
        ("~/a.tar", ["{home}/a.tar"]),
        (["https://release.example.test/a,b.yaml"], ["https://release.example.test/a,b.yaml"]),
        ("", []),
        ([], []),
    ],
)
def test_paths_are_absolute_and_addresses_stay(load_plugin, monkeypatch, tmp_path: Path, named, found: list[str]):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    expected = [path.format(here=tmp_path, home=tmp_path / "home") for path in found]
    assert load_plugin("filter/local_paths").local_paths(named) == expected
