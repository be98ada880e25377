"""To a bucket and back: what is stored is loaded byte for byte, goes on after an interruption, errors are a line."""

import os
import re
import socket

import pytest

from catdog import cli
from catdog.errors import InputError
from catdog.s3 import bucket as s3_bucket
from catdog.s3.address import BucketAddress

ADDRESS = "s3://photos/all"


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.jpg")}


@pytest.fixture
def catdog(capsys):
    """Runs the command: exit code, lines of stdout and stderr."""

    def run(*arguments):
        code = cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out.splitlines(), err.splitlines()

    return run


def test_what_was_stored_is_loaded(storage, data, tmp_path, catdog):
    assert catdog("store", data, ADDRESS)[:2] == (
        0, [f"12 of 12 pictures are stored: {ADDRESS} at {storage.url}"],
    )  # fmt: skip
    assert set(storage.objects) == {f"all/{name}" for name in files(data)}
    code, out, _ = catdog("load", "--from-s3", ADDRESS, "--out", tmp_path / "out")
    assert (code, out) == (0, ["training: 3 cats, 3 dogs", "validation: 3 cats, 3 dogs",
                               f"12 pictures are in {tmp_path}/out"])  # fmt: skip
    assert files(tmp_path / "out") == files(data)


def test_only_what_is_new_or_has_changed_is_stored_again(storage, data, catdog):
    catdog("store", data, ADDRESS)
    (data / "training/cat/0.jpg").write_bytes(b"TRAINING CAT 0.JPG"[:18])
    (data / "training/cat/new.jpg").write_bytes(b"new")
    storage.asked.clear()
    assert catdog("store", data, ADDRESS)[1] == [
        f"13 of 13 pictures are stored, 11 of them before: {ADDRESS} at {storage.url}"
    ]
    put = {key for method, key in storage.asked if method == "PUT"}
    assert put == {"all/unfinished", "all/training/cat/0.jpg", "all/training/cat/new.jpg"}


def test_a_connection_that_is_lost_in_the_middle_is_told_and_the_load_goes_on(
    storage, data, tmp_path, catdog, monkeypatch
):
    monkeypatch.setattr("catdog.transfer.from_bucket.THREADS", 1)
    catdog("store", data, ADDRESS)
    storage.cut_after = 5
    code, _, err = catdog("load", "--from-s3", ADDRESS, "--out", tmp_path / "out")
    assert code == 2
    assert "the connection was lost" in err[-1] and "give the same command again" in err[-1]
    assert len(err) == 1
    assert not (tmp_path / "out/training").exists()
    storage.cut_after = None
    storage.asked.clear()
    assert catdog("load", "--from-s3", ADDRESS, "--out", tmp_path / "out")[0] == 0
    assert len([key for method, key in storage.asked if method == "GET" and key]) == 7
    assert files(tmp_path / "out") == files(data)


def test_a_store_that_was_interrupted_is_not_taken_for_whole(storage, data, tmp_path, catdog):
    original = s3_bucket.Bucket.put

    def full(self, name, content, kind):
        if name == "training/dog/1.jpg":
            storage.refuse = (403, "QuotaExceeded")
        original(self, name, content, kind)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(s3_bucket.Bucket, "put", full)
        code, out, err = catdog("store", data, ADDRESS)
    assert code == 2
    assert "may hold no more" in err[-1]
    assert not out[-1].startswith("12 of 12")
    storage.refuse = None
    code, _, err = catdog("load", "--from-s3", ADDRESS, "--out", tmp_path / "out")
    assert code == 2
    assert f"{ADDRESS}: is being stored, or that was interrupted" in err[-1]
    assert catdog("store", data, ADDRESS)[0] == 0
    assert catdog("load", "--from-s3", ADDRESS, "--out", tmp_path / "out")[0] == 0


def test_bytes_that_have_changed_in_the_storage_are_not_taken(storage, data, tmp_path, catdog):
    catdog("store", data, ADDRESS)
    body, meta = storage.objects["all/training/cat/0.jpg"]
    storage.objects["all/training/cat/0.jpg"] = (body[::-1], meta)
    code, _, err = catdog("load", "--from-s3", ADDRESS, "--out", tmp_path / "out")
    assert code == 2
    assert "all/training/cat/0.jpg: its bytes are not those that were stored" in err[-1]


def test_objects_of_one_name_in_several_folders_are_all_loaded(storage, tmp_path, catdog):
    def load():
        assert catdog("load", "--from-s3", ADDRESS, "--out", tmp_path / "out")[0] == 0
        return sorted(files(tmp_path / "out").values())

    for key in ("all/training/dog/beagle/1.jpg", "all/training/dog/pug/1.jpg", "all/training/cat/1.jpg"):
        storage.objects[key] = (key.encode(), {})
    assert load() == sorted(body for body, _ in storage.objects.values())
    assert (tmp_path / "out/training/dog/1.jpg").read_bytes() == b"all/training/dog/beagle/1.jpg"
    storage.objects["all/training/dog/akita/1.jpg"] = (b"all/training/dog/akita/1.jpg", {})
    assert load() == sorted(body for body, _ in storage.objects.values())


def test_one_of_a_name_that_comes_while_a_load_is_interrupted_is_loaded_too(storage, tmp_path, catdog, monkeypatch):
    monkeypatch.setattr("catdog.transfer.from_bucket.THREADS", 1)
    for key in ("all/training/dog/beagle/1.jpg", "all/training/dog/pug/2.jpg"):
        storage.objects[key] = (key.encode(), {})
    storage.cut_after = 1
    assert catdog("load", "--from-s3", ADDRESS, "--out", tmp_path / "out")[0] == 2
    storage.cut_after = None
    storage.objects["all/training/dog/akita/1.jpg"] = (b"all/training/dog/akita/1.jpg", {})
    assert catdog("load", "--from-s3", ADDRESS, "--out", tmp_path / "out")[0] == 0
    assert sorted(files(tmp_path / "out").values()) == sorted(body for body, _ in storage.objects.values())


def test_what_other_tools_have_put_there_is_loaded_and_what_has_no_class_is_told(storage, tmp_path, catdog):
    for key in ("all/train/cats/a.jpg", "all/train/dogs/b.jpg", "all/readme.txt", "all/dog.7.jpg", "other/cat/c.jpg"):
        storage.objects[key] = (key.encode(), {})
    assert catdog("load", "--from-s3", ADDRESS, "--out", tmp_path / "out")[:2] == (
        0, ["training: 1 cats, 1 dogs", "validation: 0 cats, 0 dogs",
            f"2 were left out: {tmp_path}/out/left_out.txt says why", f"2 pictures are in {tmp_path}/out"],
    )  # fmt: skip
    assert sorted((tmp_path / "out/left_out.txt").read_text().splitlines()) == [
        "dog.7.jpg: has no split: training or validation is expected",
        "readme.txt: has no label: cat or dog is expected",
    ]


@pytest.mark.parametrize(
    ("refusal", "code", "told"),
    [
        ((403, "SignatureDoesNotMatch"), 1, "the secret key is not that of this access key: check AWS_ACCESS_KEY_ID"),
        ((403, "InvalidAccessKeyId"), 1, "this access key is not known there"),
        ((403, "AccessDenied"), 1, "not allowed with this access key: is the bucket yours?"),
        ((404, "NoSuchBucket"), 2, "there is no such bucket: create it"),
        ((400, "EntityTooLarge"), 2, "the server takes nothing of this size; is it full? Ask who runs it, then give"),
        ((400, "Odd"), 2, "the server answers 400 Odd: said so"),
    ],
)
def test_a_refusal_is_one_line(storage, data, tmp_path, catdog, refusal, code, told):
    storage.refuse = refusal
    for command in (("store", data, ADDRESS), ("load", "--from-s3", ADDRESS, "--out", tmp_path / "out")):
        found, out, err = catdog(*command)
        assert (found, out, len(err)) == (code, [], 1)
        assert err[0].startswith(f"catdog: {ADDRESS} at {storage.url}: {told}")
    assert not (tmp_path / "out").exists()


def test_an_endpoint_where_nobody_listens_is_told(storage, data, catdog, monkeypatch):
    monkeypatch.setattr(s3_bucket, "_ATTEMPTS", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{taken.getsockname()[1]}")
        code, _, err = catdog("store", data, ADDRESS)
    assert code == 2
    assert "no server answers: " in err[0] and "check AWS_ENDPOINT_URL_S3" in err[0]


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"AWS_ACCESS_KEY_ID": ""}, "no access key: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        ({"AWS_CA_BUNDLE": "/nowhere/ca.crt"}, "AWS_CA_BUNDLE names /nowhere/ca.crt, which is no file"),
        ({"AWS_ENDPOINT_URL_S3": "gateway"}, "AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL: .*gateway"),
    ],
)
def test_a_setting_that_is_missing_or_wrong_is_named(storage, data, catdog, monkeypatch, variables, told):
    monkeypatch.setenv("HOME", str(data))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
        if not value:
            monkeypatch.delenv(name)
            monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    code, _, err = catdog("store", data, ADDRESS)
    assert code == 2
    assert len(err) == 1
    assert re.search(told, err[0])


def test_a_full_disk_is_told_and_the_load_goes_on(storage, data, tmp_path, catdog, files_of_at_most):
    (data / "validation/dog/big.jpg").write_bytes(os.urandom(20_000))
    catdog("store", data, ADDRESS)
    with files_of_at_most(10_000):
        code, _, err = catdog("load", "--from-s3", ADDRESS, "--out", tmp_path / "out")
    assert code == 2
    assert "validation/dog/big.jpg: the file would be larger than is allowed here" in err[-1]
    assert not (tmp_path / "out/training").exists()
    assert catdog("load", "--from-s3", ADDRESS, "--out", tmp_path / "out")[0] == 0
    assert files(tmp_path / "out") == files(data)


def test_addresses():
    assert BucketAddress.parse("s3://photos/a/b/") == BucketAddress("photos", "a/b")
    assert (BucketAddress.parse("s3://photos").start, str(BucketAddress("photos", ""))) == ("", "s3://photos")
    for wrong in ("photos", "s3://", "s3:///a", "https://photos/a", "s3://a b/c"):
        with pytest.raises(InputError, match="is no address of object storage"):
            BucketAddress.parse(wrong)
