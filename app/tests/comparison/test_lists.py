"""Lists of pictures: groups, comments, folders, addresses, and what is refused."""

from pathlib import Path

import pytest

from catdog.comparison import lists
from catdog.comparison.lists import Entry, Group
from catdog.errors import InputError

SHIPPED = Path(__file__).parents[2] / "notebooks" / "lists"


def test_reads_groups_relative_to_the_list(tmp_path):
    (tmp_path / "photos" / "cats").mkdir(parents=True)
    for name in ("b.jpg", "a.jpg"):
        (tmp_path / "photos" / "cats" / name).touch()
    path = tmp_path / "list.txt"
    path.write_text(
        "\ufeff# a comment\r\n first.jpg\r\n[Empty]\r\n\r\n[ Cats ]\r\nphotos/cats\r\nhttps://a/b.jpg#x\r\n/abs/c.jpg\r\n"
    )

    assert lists.read(path) == [
        Group("", (Entry("first.jpg", str(tmp_path / "first.jpg")),)),
        Group(
            "Cats",
            (
                Entry("photos/cats/a.jpg", str(tmp_path / "photos/cats/a.jpg")),
                Entry("photos/cats/b.jpg", str(tmp_path / "photos/cats/b.jpg")),
                Entry("https://a/b.jpg#x", "https://a/b.jpg#x"),
                Entry("/abs/c.jpg", "/abs/c.jpg"),
            ),
        ),
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "names no picture: write a file"),
        (b"# only\n[headings]\n", "names no picture"),
        (b"\xff\xd8\xff\xe0", "not text in UTF-8"),
        (b"a.jpg\n" * 1001, "names 1001 pictures, more than 1000"),
        (b"#" * (1024 * 1024 + 1), "it has more than 1048576 bytes"),
    ],
)
def test_refuses_what_is_no_list(tmp_path, content, reason):
    (tmp_path / "list.txt").write_bytes(content)
    with pytest.raises(InputError, match=rf"list\.txt: .*{reason}"):
        lists.read(tmp_path / "list.txt")


def test_refuses_what_is_not_there_and_folders(tmp_path):
    with pytest.raises(InputError, match="cannot be read: No such file"):
        lists.read(tmp_path / "none.txt")
    with pytest.raises(InputError, match="is a folder"):
        lists.read(tmp_path)


def test_the_original_list_has_its_four_groups():
    groups = lists.read(SHIPPED / "original.txt")

    assert [len(group.entries) for group in groups] == [10, 4, 3, 7]
    assert all(entry.address.startswith(("http://", "https://")) for group in groups for entry in group.entries)
