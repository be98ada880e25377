"""An image's tag comes from the content of its inputs and from nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.errors import AnsibleLookupError

from ansible_collections.catdog.lab.plugins.module_utils import image_definition

DEFINITION = """
name: probe
base: {suite: bookworm, packages: [python3]}
context:
  - {src: embedded/images/probe/app, dest: app}
  - {src: "{cache}/made", dest: made}
inputs: [pom.xml]
build_args: {VERSION: 1.2}
prepare: [embedded/images/probe/prepare, "{cache}/made"]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "embedded" / "images" / "probe"
    (folder / "app").mkdir(parents=True)
    for name in ("Containerfile", "app/one", "prepare"):
        (folder / name).write_text(name)
    (folder / "image.yml").write_text(DEFINITION)
    (tmp_path / "pom.xml").write_text("pom")
    return tmp_path


def tag(root: Path, base_image: str = "") -> str:
    return image_definition.find("probe", root).tag(base_image)


def test_tag_is_twelve_hex_digits_and_stays(root: Path) -> None:
    assert len(tag(root)) == 12
    assert int(tag(root), 16) >= 0
    assert tag(root) == tag(root)


@pytest.mark.parametrize("changed", ["Containerfile", "app/one", "app/new", "prepare", "../../../pom.xml"])
def test_tag_follows_each_input(root: Path, changed: str) -> None:
    before = tag(root)
    (root / "embedded/images/probe" / changed).write_text("other")
    assert tag(root) != before


@pytest.mark.parametrize(
    ("old", "new"),
    [("bookworm", "trixie"), ("[python3]", "[python3, tini]"), ("1.2", "1.3"), ("dest: app", "dest: lib")],
)
def test_tag_follows_the_definition(root: Path, old: str, new: str) -> None:
    before, path = tag(root), root / "embedded/images/probe/image.yml"
    path.write_text(path.read_text().replace(old, new))
    assert tag(root) != before


def test_tag_follows_the_base_image_and_the_executable_bit(root: Path) -> None:
    before = tag(root)
    assert tag(root, "example/python:3.11") != before
    (root / "embedded/images/probe/app/one").chmod(0o755)
    assert tag(root) != before


@pytest.mark.parametrize("ignored", ["app/__pycache__/one.pyc", "app/x.pyc", "README.md"])
def test_tag_leaves_out_what_is_no_input(root: Path, ignored: str) -> None:
    before, path = tag(root), root / "embedded/images/probe" / ignored
    path.parent.mkdir(exist_ok=True)
    path.write_text("left by a tool")
    assert tag(root) == before


def test_comments_and_times_do_not_count(root: Path) -> None:
    before, path = tag(root), root / "embedded/images/probe/image.yml"
    path.write_text("# why\n" + path.read_text())
    (root / "pom.xml").touch()
    assert tag(root) == before


def test_base_key_is_shared_by_images_with_the_same_packages(root: Path) -> None:
    other = root / "embedded/images/other"
    other.mkdir()
    (other / "image.yml").write_text("name: other\nbase: {packages: [python3, ca-certificates], suite: bookworm}\n")
    assert image_definition.find("other", root).base_key == image_definition.find("probe", root).base_key


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("- a list", "mapping"),
        ("name: Probe", "lower-case"),
        ("name: probe\ncontexts: []", "unknown keys ['contexts']"),
        ("name: probe\ninputs: pom.xml", "inputs must be a list"),
        ("name: probe\ncontext: [{src: '{cache}/x', dest: x}]", "prepare must say"),
        ("name: probe\ncontext: [{src: x}]", "dest"),
        ("name: probe\ncontext: [{src: '{photos}/cat', dest: x}]", "{photos} is the whole folder"),
        ("name: [", "cannot be read"),
    ],
)
def test_a_wrong_definition_is_refused_by_its_path(root: Path, content: str, said: str) -> None:
    path = root / "embedded/images/probe/image.yml"
    path.write_text(content)
    with pytest.raises(image_definition.ImageDefinitionError) as raised:
        image_definition.load(path, root)
    assert str(path) in str(raised.value)
    assert said in str(raised.value)


def test_a_missing_input_is_named(root: Path) -> None:
    (root / "pom.xml").unlink()
    with pytest.raises(image_definition.ImageDefinitionError, match=r"pom\.xml does not exist"):
        tag(root)


@pytest.fixture
def photos(root: Path) -> Path:
    """A folder of photos, beside an image that takes some."""
    path = root / "embedded/images/probe/image.yml"
    path.write_text(path.read_text().replace("inputs:", '  - {src: "{photos}", dest: photos}\ninputs:'))
    for name in (f"{label}/{number}.jpg" for label in ("cat", "dog") for number in range(2)):
        (root / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "photos" / name).write_bytes(b"\xff\xd8\xff" + name.encode())
    return root / "photos"


def test_without_photos_the_tag_is_as_if_none_could_be_taken(root: Path, request: pytest.FixtureRequest) -> None:
    before = tag(root)
    request.getfixturevalue("photos")
    assert image_definition.find("probe", root).takes_photos
    assert tag(root) == before


def test_the_tag_follows_the_photos_and_where_they_go(root: Path, photos: Path) -> None:
    definition = image_definition.find("probe", root)
    assert len({definition.tag(), definition.tag(photos="1"), definition.tag(photos="2")}) == 3
    path = root / "embedded/images/probe/image.yml"
    path.write_text(path.read_text().replace("dest: photos", "dest: more"))
    assert image_definition.find("probe", root).tag(photos="1") != definition.tag(photos="1")


def test_photos_are_nothing_to_an_image_that_takes_none(root: Path) -> None:
    assert not image_definition.find("probe", root).takes_photos
    assert image_definition.find("probe", root).tag(photos="1") == tag(root)


def test_an_unknown_name_lists_the_known_ones(root: Path) -> None:
    with pytest.raises(image_definition.ImageDefinitionError, match=r"'prob'\. Known images: probe"):
        image_definition.find("prob", root)


def test_lookup_gives_the_reference(root: Path) -> None:
    from ansible.plugins.loader import lookup_loader

    lookup = lookup_loader.get("catdog.lab.image_reference")
    assert lookup.run(["probe"], variables={}, root=str(root)) == [f"localhost/catdog-lab/probe:{tag(root)}"]
    based = lookup.run(["probe"], variables={"lab_image_base": "example/python:3.11"}, root=str(root))
    assert based == [f"localhost/catdog-lab/probe:{tag(root, 'example/python:3.11')}"]


def look_up(root: Path, **options: str) -> dict:
    from ansible.plugins.loader import lookup_loader

    return lookup_loader.get("catdog.lab.image_definition").run(["probe"], variables={}, root=str(root), **options)[0]


def test_lookup_takes_a_base_that_is_a_template_by_what_it_says(root: Path) -> None:
    from ansible.parsing.dataloader import DataLoader
    from ansible.plugins.loader import lookup_loader
    from ansible.template import Templar, trust_as_template

    variables = {"lab_image_base": trust_as_template("{{ registry }}/python:3.11"), "registry": "example"}
    lookup = lookup_loader.get("catdog.lab.image_definition", templar=Templar(DataLoader(), variables=variables))
    [found] = lookup.run(["probe"], variables=variables, root=str(root))
    assert found["tag"] == look_up(root, base="example/python:3.11")["tag"]


def test_lookup_takes_photos_by_their_content(root: Path, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = str(root / "cache")
    found = look_up(root, photos=str(photos), cache=cache)
    assert found["photos"]["folder"] == str(photos)
    assert found["tag"] == image_definition.find("probe", root).tag(photos=found["photos"]["digest"]) != tag(root)
    photos.rename(root / "moved")
    monkeypatch.chdir(root)
    assert look_up(root, photos="moved", cache=cache)["tag"] == found["tag"]
    (root / "moved/cat/0.jpg").write_bytes(b"\xff\xd8\xffCAT/0.jpg")
    assert look_up(root, photos="moved", cache=cache)["tag"] != found["tag"]
    none = look_up(root, photos="", cache=cache)
    assert (none["photos"], none["tag"]) == ({}, tag(root))


def test_lookup_says_why_photos_cannot_be_used(root: Path, photos: Path) -> None:
    with pytest.raises(AnsibleLookupError, match=r"none \(lab_photos\) does not exist. Give one that holds"):
        look_up(root, photos=str(root / "none"), cache=str(root / "cache"))
    with pytest.raises(AnsibleLookupError, match="photos needs cache"):
        look_up(root, photos=str(photos))
