"""Where the notebook's pictures go and come from: the bucket by its name, as the lab's Secret has it; what there is."""

from __future__ import annotations

import pytest

from catdog.errors import InputError
from catdog.notebook import more_photos


@pytest.mark.parametrize(("name", "address"), [("rhte2019", "s3://rhte2019"), ("", None)])
def test_the_bucket_is_named_by_the_environment(monkeypatch, capsys, name: str, address: str | None) -> None:
    monkeypatch.setenv("CATDOG_BUCKET", name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "KEY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SECRET")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://127.0.0.1:1")
    bucket = more_photos._bucket()
    assert (str(bucket.address) if bucket else None) == address
    assert ("CATDOG_BUCKET is not set" in capsys.readouterr().out) == (address is None)


def test_what_is_no_place_is_told_with_those_that_are() -> None:
    with pytest.raises(InputError, match=r"'image': give one of kafka, s3$"):
        more_photos.send_pictures("more", to="image")
    with pytest.raises(InputError, match=r"'ftp': give one of kafka, s3, image$"):
        more_photos.load_pictures("ftp", out="more")
