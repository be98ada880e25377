"""Photos brought from folders, archives and records, split, checked, and brought on after a kill."""

import io
import json
import os
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from catdog import cli
from catdog.data import intake, photos, sources, tfrecords
from catdog.data.photos import import_photos
from catdog.errors import ArchiveError, DataError, InputError, OutputError
from catdog.limits import MAX_MESSAGE_BYTES


def photo(number: int) -> bytes:
    """A picture of 16 px, another one for each number."""
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16), (number % 256, number // 256, 99)).save(buffer, "PNG")
    return buffer.getvalue()


def photo_files(count: int = 10) -> dict[str, bytes]:
    """As in Microsoft's archive of cats and dogs."""
    return {
        f"PetImages/{label}/{number}.jpg": photo(number + start)
        for start, label in ((0, "Cat"), (500, "Dog"))
        for number in range(count)
    }


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def write_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def write_tar(path: Path, files: dict[str, bytes], *others: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        for member in others:
            archive.addfile(member)
    return path


def laid_out(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*.jpg")}


def test_a_folder_is_split_by_what_is_in_the_photos_not_by_names_or_order(tmp_path):
    files = photo_files()
    summary = import_photos(str(write(tmp_path / "one", files)), tmp_path / "out")
    assert summary.photos == {"training": {"cat": 8, "dog": 8}, "validation": {"cat": 2, "dog": 2}}
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"photos.json", "training", "validation"}
    assert sorted(laid_out(tmp_path / "out").values()) == sorted(files.values())

    renamed = {f"{name.split('/')[1].lower()}s/x{900 - int(Path(name).stem)}.jpg": data for name, data in files.items()}
    import_photos(str(write(tmp_path / "other", renamed)), tmp_path / "again")
    for split in ("training", "validation"):
        first, second = (sorted(laid_out(tmp_path / out / split).values()) for out in ("out", "again"))
        assert first == second


def test_a_name_that_is_no_text_is_a_photo_as_any_other(tmp_path):
    odd = os.fsdecode(b"k\xe4tzchen")
    files = photo_files(3) | {f"cats/{odd}.jpg": photo(7000), f"dogs/{odd}.jpg": b""}
    source = write(tmp_path / "source", files)
    assert import_photos(str(source), tmp_path / "out").count == 7
    assert [path.name for path in (tmp_path / "out").glob("*/cat/k*")] == ["k?tzchen.jpg"]
    assert (tmp_path / "out/left_out.txt").read_text().startswith("dogs/k\\udce4tzchen.jpg: empty")


@pytest.mark.parametrize("name", ["photos.zip", "photos.tar", "photos.tar.gz"])
def test_an_archive_gives_what_a_folder_gives(name, tmp_path):
    files = photo_files()
    archive = (write_zip if name.endswith("zip") else write_tar)(tmp_path / name, files)
    import_photos(str(archive), tmp_path / "out")
    import_photos(str(write(tmp_path / "folder", files)), tmp_path / "same")
    assert laid_out(tmp_path / "out") == laid_out(tmp_path / "same")


def test_a_split_of_the_source_is_kept_unless_a_share_is_asked_for(tmp_path):
    files = {f"data/{split}/{label}.{n}.jpg": photo(1000 * s + 300 * c + n)
             for s, split in enumerate(("train", "validation")) for c, label in enumerate(("cat", "dog"))
             for n in range(3)}  # fmt: skip
    source = str(write(tmp_path / "source", files | {"test/cat.7.jpg": photo(9000)}))
    summary = import_photos(source, tmp_path / "kept")
    assert (summary.photos, summary.share, summary.left_out) == (
        {"training": {"cat": 3, "dog": 3}, "validation": {"cat": 3, "dog": 3}}, None, 1,
    )  # fmt: skip
    assert "test/cat.7.jpg: is in neither" in (tmp_path / "kept" / "left_out.txt").read_text()
    assert import_photos(source, tmp_path / "shared", share=0.5).photos["validation"] == {"cat": 4, "dog": 3}


def test_what_cannot_be_used_is_left_out_with_the_reason(tmp_path):
    files = photo_files(3) | {
        "PetImages/Cat/666.jpg": b"", "PetImages/Cat/777.jpg": photo(7000)[:60], "PetImages/Dog/copy.jpg": photo(501),
        "PetImages/Dog/Thumbs.db": b"\x00\x01", "readme[1].txt": b"hello", "PetImages/Cat/._1.jpg": b"mac",
        "__MACOSX/PetImages/Cat/1.jpg": b"mac", "PetImages/Dog/huge.jpg": b"x" * (MAX_MESSAGE_BYTES + 1),
    }  # fmt: skip
    summary = import_photos(str(write_zip(tmp_path / "photos.zip", files)), tmp_path / "out")
    told = dict(line.split(": ", 1) for line in (tmp_path / "out" / "left_out.txt").read_text().splitlines())
    assert (summary.count, summary.left_out, len(told)) == (6, 6, 6)
    assert told["PetImages/Cat/666.jpg"].startswith("empty")
    assert told["PetImages/Cat/777.jpg"].startswith("damaged or truncated")
    assert told["PetImages/Dog/copy.jpg"] == "has the same bytes as PetImages/Dog/1.jpg"
    assert told["PetImages/Dog/Thumbs.db"].startswith("no picture that can be read")
    assert told["readme[1].txt"] == "neither a folder nor the file's name says cat or dog"
    assert "more than the limit" in told["PetImages/Dog/huge.jpg"]


def test_what_is_too_large_is_not_even_read(tmp_path):
    with intake.Intake(tmp_path, {}) as journal:
        item = sources.Item("cat/huge.jpg", MAX_MESSAGE_BYTES + 1, lambda: pytest.fail("read"))
        journal.take(sources.Source([item], 1, item.size))
    assert journal.left_out == [
        f"cat/huge.jpg: {item.size} bytes are more than the limit of {MAX_MESSAGE_BYTES} (10 MiB)"
    ]


def test_the_folder_written_to_may_lie_in_the_one_read_from(tmp_path, monkeypatch):
    write(tmp_path, photo_files())
    (tmp_path / "cat" / "out").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert import_photos(".", Path("cat/out")).left_out == 0


def test_two_photos_of_one_name_are_both_kept(tmp_path):
    files = {f"{folder}/cats/same.jpg": photo(2000 + n) for n, folder in enumerate("abcd")} | photo_files(4)
    assert import_photos(str(write(tmp_path / "source", files)), tmp_path / "out").count == 12
    assert len(laid_out(tmp_path / "out")) == 12


def member(name: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/passwd"
    return info


@pytest.mark.parametrize(
    ("name", "kind", "what"),
    [
        ("../cat/1.jpg", tarfile.REGTYPE, "a path that leads out of its folder"),
        ("cat/../../1.jpg", tarfile.REGTYPE, "a path that leads out of its folder"),
        ("/cat/1.jpg", tarfile.REGTYPE, "an absolute path"),
        ("C:\\cat\\1.jpg", tarfile.REGTYPE, "an absolute path"),
        ("cat/1.jpg", tarfile.SYMTYPE, "a link"),
        ("cat/1.jpg", tarfile.LNKTYPE, "a link"),
        ("cat/1.jpg", tarfile.CHRTYPE, "a device or pipe"),
        ("cat/1.jpg", tarfile.FIFOTYPE, "a device or pipe"),
    ],
)
def test_an_archive_with_an_unsafe_member_is_refused_whole(name, kind, what, tmp_path):
    with pytest.raises(ArchiveError, match=rf"refused, nothing was taken from it: its member .* is {what}"):
        import_photos(str(write_tar(tmp_path / "p.tar", photo_files(2), member(name, kind))), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_zip_with_a_link_or_a_way_out_is_refused(tmp_path):
    for name, mode, what in (("cat/1.jpg", stat.S_IFLNK, "a link"), ("..\\1.jpg", stat.S_IFREG, "a path that leads")):
        with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
            info = zipfile.ZipInfo(name)
            info.external_attr = (mode | 0o644) << 16
            archive.writestr(info, "/etc/passwd")
        with pytest.raises(ArchiveError, match=what):
            import_photos(str(tmp_path / "p.zip"), tmp_path / "out")


def test_a_damaged_archive_is_told(tmp_path):
    whole = write_tar(tmp_path / "p.tar.gz", photo_files(20)).read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.zip").write_text("no archive")
    for name, message in (("cut.tar.gz", "damaged or truncated"), ("text.zip", "no archive that can be read")):
        with pytest.raises(ArchiveError, match=message):
            import_photos(str(tmp_path / name), tmp_path / "out")


def test_a_wrong_hash_is_refused(tmp_path):
    archive = write_zip(tmp_path / "p.zip", photo_files(2))
    with pytest.raises(ArchiveError, match=rf"its SHA-256 is [0-9a-f]{{64}}, not {'0' * 64}"):
        import_photos(str(archive), tmp_path / "out", sha256="0" * 64)
    # Nothing was taken, so that the same folder may be used with the right one.
    assert import_photos(str(archive), tmp_path / "out").count == 4


class KilledError(BaseException):
    """Stands for a kill."""


def test_after_a_kill_no_photo_is_looked_at_again(tmp_path, monkeypatch):
    source = str(write_tar(tmp_path / "p.tar", photo_files()))
    looked = []
    check = intake.decode

    def kill_at_the_7th_and_12th(data):
        looked.append(data)
        if len(looked) in (7, 12):
            raise KilledError
        return check(data)

    monkeypatch.setattr(intake, "decode", kill_at_the_7th_and_12th)
    for _ in range(2):
        with pytest.raises(KilledError):
            import_photos(source, tmp_path / "out")
        with (tmp_path / "out" / "unfinished" / "journal.jsonl").open("a") as journal:
            journal.write('{"name": "half a li')
    assert import_photos(source, tmp_path / "out").count == 20
    assert len(looked) == 22


def test_after_a_kill_while_photos_are_moved_all_get_to_their_place(tmp_path, monkeypatch):
    source = str(write_zip(tmp_path / "p.zip", photo_files()))
    replace, moved = Path.replace, []

    def kill_at_the_fifth(path, target):
        moved.append(path)
        if len(moved) == 5:
            raise KilledError
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", kill_at_the_fifth)
    with pytest.raises(KilledError):
        import_photos(source, tmp_path / "out")
    monkeypatch.undo()
    (tmp_path / "p.zip").unlink()  # not needed any more
    import_photos(source, tmp_path / "out")
    assert sorted(laid_out(tmp_path / "out").values()) == sorted(photo_files().values())


def test_a_second_call_finds_them_there_and_another_source_is_refused(tmp_path, monkeypatch):
    source = str(write(tmp_path / "source", photo_files()))
    first = import_photos(source, tmp_path / "out")
    monkeypatch.setattr(photos, "open_source", lambda *_: pytest.fail("looked at again"))
    assert import_photos(source, tmp_path / "out") == first
    with pytest.raises(InputError, match=r"training is there already, from elsewhere: give another --out"):
        import_photos(str(tmp_path), tmp_path / "out")


def test_photos_asked_for_otherwise_do_not_go_on_from_what_is_unfinished(tmp_path, monkeypatch):
    source = str(write(tmp_path / "source", photo_files()))
    monkeypatch.setattr(photos, "lay_out", lambda *_: (_ for _ in ()).throw(KilledError))
    with pytest.raises(KilledError):
        import_photos(source, tmp_path / "out")
    with pytest.raises(InputError, match=r"asked for otherwise \(source .*share None\): remove"):
        import_photos(source, tmp_path / "out", share=0.5)


def test_too_few_photos_are_refused(tmp_path):
    one_cat = {"cat/1.jpg": photo(1)} | {f"dog/{n}.jpg": photo(n) for n in range(2, 5)}
    with pytest.raises(DataError, match="1 usable photos of a cat: at least 2 are needed"):
        import_photos(str(write(tmp_path / "one", one_cat)), tmp_path / "out")
    inner = {"train.zip": b"x", "test1.zip": b"y"}
    with pytest.raises(DataError, match=r"holds no photo of a cat or a dog: 2 files were looked at; the first: test1"):
        import_photos(str(write(tmp_path / "none", inner)), tmp_path / "other")
    with pytest.raises(DataError, match="nowhere: no such folder or file"):
        import_photos(str(tmp_path / "nowhere"), tmp_path / "third")


def test_a_disk_without_room_is_told_before_anything_is_copied(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000}))
    with pytest.raises(OutputError, match=r"unfinished: 0 MB are needed, 0 MB are free: make room"):
        import_photos(str(write(tmp_path / "source", photo_files())), tmp_path / "out")


def test_a_disk_that_fills_up_names_the_folder_and_all_goes_on_when_there_is_room(tmp_path, files_of_at_most):
    source = str(write(tmp_path / "source", photo_files()))
    with files_of_at_most(1500), pytest.raises(OutputError, match=r"out/unfinished: the file would be larger than"):
        import_photos(source, tmp_path / "out")
    assert import_photos(source, tmp_path / "out").count == 20


def test_records_of_tensorflow_datasets_are_read(tmp_path, monkeypatch):
    from tensorflow.io import TFRecordWriter
    from tensorflow.train import BytesList, Example, Feature, Features, Int64List

    folder = tmp_path / "cats_vs_dogs" / "4.0.1"
    folder.mkdir(parents=True)
    files = photo_files(5)
    path = folder / "cats_vs_dogs-train.tfrecord-00000-of-00001"
    with TFRecordWriter(str(path)) as writer:
        for name, data in files.items():
            features = {
                "image": Feature(bytes_list=BytesList(value=[data])),
                "image/filename": Feature(bytes_list=BytesList(value=[name.replace("/", "\\").encode()])),
                "label": Feature(int64_list=Int64List(value=[int("Dog" in name)])),
            }
            writer.write(Example(features=Features(feature=features)).SerializeToString())
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    assert import_photos(sources.TFDS, tmp_path / "out").photos["training"] == {"cat": 4, "dog": 4}
    for label in ("Cat", "Dog"):
        found = [data for name, data in laid_out(tmp_path / "out").items() if f"/{label.lower()}/" in name]
        assert sorted(found) == sorted(data for name, data in files.items() if label in name)

    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ArchiveError, match="damaged or truncated"):
        tfrecords.source(folder)


def test_the_command_tells_what_it_brought(tmp_path, capsys):
    source = write(tmp_path / "source", photo_files() | {"PetImages/Cat/x.jpg": b""})
    assert cli.main(["prepare", str(source), "--out", str(tmp_path / "out"), "--validation", "0.3"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "training: 7 cats, 7 dogs", "validation: 3 cats, 3 dogs",
        f"1 files were left out: {tmp_path}/out/left_out.txt says why", f"20 photos are in {tmp_path}/out",
    ]  # fmt: skip
    assert json.loads((tmp_path / "out" / "photos.json").read_text())["share"] == 0.3
