"""The CRD of Routes is taken from the module once, by the version that go.mod names."""

import importlib.util
from pathlib import Path

import pytest

CRDS = Path(__file__).parents[1] / "crds"


@pytest.fixture
def generate():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("routes_crd", CRDS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_is_copied_once(generate, tmp_path, monkeypatch):
    fetched = []

    def folder(cache):
        fetched.append(cache)
        (tmp_path / "module" / generate.FILE).parent.mkdir(parents=True)
        (tmp_path / "module" / generate.FILE).write_text("kind: CustomResourceDefinition")
        return tmp_path / "module"

    monkeypatch.setattr(generate, "module_folder", folder)
    for _ in range(2):
        found = generate.generate(tmp_path / "cache")
    assert fetched == [tmp_path / "cache"]
    assert [path.name for path in found.iterdir()] == ["routes.yaml"] and generate.module_version() in found.name
    assert (found / "routes.yaml").read_text() == "kind: CustomResourceDefinition"


def test_the_version_is_the_one_that_is_checked(generate):
    assert f"{generate.MODULE} {generate.module_version()} h1:" in (CRDS / "go.sum").read_text()
