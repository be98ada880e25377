"""Pictures of this machine become a ConfigMap's content, or are refused before any is read."""

from __future__ import annotations

import base64
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def module(load_plugin) -> ModuleType:
    return load_plugin("modules/config_map_pictures")


def lay(folder: Path, *names: str) -> None:
    """Files of these names in a folder, each with its own name as content."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def shown(module: ModuleType, *paths: Path) -> dict[str, str]:
    """What the ConfigMap's volume shows: content by path."""
    found = module.content(paths)
    data = {key: base64.b64decode(value).decode() for key, value in found["binary_data"].items()}
    assert found["bytes"] == len("".join(data.values()).encode())
    return {item["path"]: data[item["key"]] for item in found["volume_items"]}


def test_a_folder_stands_for_all_visible_files_below_it(module, tmp_path):
    lay(tmp_path, "b.jpg", "more/Süße Katze.jpg", ".hidden.jpg", ".trash/c.jpg")
    assert shown(module, tmp_path) == {"b.jpg": "b.jpg", "Süße Katze.jpg": "more/Süße Katze.jpg"}


def test_keys_are_such_that_kubernetes_takes(module, tmp_path):
    lay(tmp_path, "Süße Katze.jpg", "a.jpg")
    assert list(module.content([tmp_path])["binary_data"]) == ["picture-0001", "picture-0002"]


def test_what_is_named_twice_is_sent_once(module, tmp_path):
    lay(tmp_path, "a.jpg", "b.jpg")
    assert shown(module, tmp_path / "a.jpg", tmp_path) == {"a.jpg": "a.jpg", "b.jpg": "b.jpg"}


def test_a_hidden_file_that_is_named_itself_is_one_that_clients_see(module, tmp_path):
    lay(tmp_path, ".a.jpg")
    assert shown(module, tmp_path / ".a.jpg") == {"a.jpg": ".a.jpg"}


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ([""], {"cat-1.png": "cat/1.png", "dog-1.png": "dog/1.png", "2.png": "dog/2.png"}),
        (["cat/1.png", "dog/1.png"], {"cat-1.png": "cat/1.png", "dog-1.png": "dog/1.png"}),
        (["cat", "dog"], {"cat-1.png": "cat/1.png", "dog-1.png": "dog/1.png", "2.png": "dog/2.png"}),
    ],
)
def test_files_of_one_name_are_called_after_their_folders(module, tmp_path, named, expected):
    lay(tmp_path, "cat/1.png", "dog/1.png", "dog/2.png")
    assert shown(module, *(tmp_path / name for name in named)) == expected


def test_those_that_folders_do_not_tell_apart_are_named(module, tmp_path):
    lay(tmp_path, "a/b/1.png", "a-b/1.png")
    with pytest.raises(module.PicturesError, match=r"a/b/1\.png and .*a-b/1\.png would be called a-b-1\.png alike"):
        module.content([tmp_path])


def test_as_many_bytes_as_a_config_map_takes_fit(module, tmp_path):
    (tmp_path / "a.jpg").write_bytes(bytes(1024 * 1024))
    assert module.content([tmp_path])["bytes"] == 1048576


def test_more_is_refused_with_its_sizes(module, tmp_path):
    lay(tmp_path, "a.jpg")
    (tmp_path / "b.jpg").write_bytes(bytes(1024 * 1024 - 4))
    with pytest.raises(module.PicturesError) as raised:
        module.content([tmp_path])
    said = str(raised.value)
    assert said.startswith("2 files have 1048577 bytes, and 1048576 fit into the ConfigMap")
    assert f"(the largest is {tmp_path}/b.jpg, 1048572 bytes)" in said
    with pytest.raises(module.PicturesError, match="1 file has 2097152 bytes"):
        (tmp_path / "b.jpg").write_bytes(bytes(2 * 1024 * 1024))
        module.content([tmp_path / "b.jpg"])


@pytest.mark.parametrize(
    ("name", "said"), [("cats", "is no file and no folder on this machine"), ("", "holds no file")]
)
def test_what_is_not_there_is_named(module, tmp_path, name, said):
    lay(tmp_path, ".hidden.jpg")
    with pytest.raises(module.PicturesError, match=f"^{tmp_path / name} {said}"):
        module.content([tmp_path / name])


def test_a_file_is_found_by_a_link(module, tmp_path):
    lay(tmp_path, "a.jpg")
    (tmp_path / "b.jpg").symlink_to("a.jpg")
    assert shown(module, tmp_path / "b.jpg") == {"b.jpg": "a.jpg"}
