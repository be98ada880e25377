"""Bytes to pixels: every kind of picture comes out right, everything else with its reason."""

import io

import numpy as np
import pytest
from PIL import Image

from catdog.errors import PictureError
from catdog.limits import MAX_MESSAGE_BYTES
from catdog.pictures import decoding

ORANGE = (240, 120, 20)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims these dimensions; what follows its header is missing."""
    small = encoded(Image.new("L", (8, 8)), "PNG")
    import zlib

    chunk = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + small[24:29]
    return small[:12] + chunk + zlib.crc32(chunk).to_bytes(4, "big") + small[33:]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "AVIF", "JPEG2000", "PPM"])
def test_reads_every_listed_format(kind):
    pixels = decoding.decode(encoded(Image.new("RGB", (40, 30), ORANGE), kind))

    assert pixels.shape == (30, 40, 3)
    assert pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int).mean(axis=(0, 1)) - ORANGE).max() < 6


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "CMYK", "YCbCr", "RGBA"])
def test_turns_every_mode_into_rgb(mode):
    grey = Image.new("RGB", (20, 20), (255, 255, 255)).convert(mode)
    kind = "TIFF" if mode in ("CMYK", "YCbCr") else "PNG"

    pixels = decoding.decode(encoded(grey, kind))

    assert pixels.shape == (20, 20, 3)
    assert pixels.min() >= 250


def test_reads_cmyk_jpeg():
    pixels = decoding.decode(encoded(Image.new("CMYK", (20, 20), (0, 255, 255, 0)), "JPEG"))

    assert pixels[10, 10, 0] > 200
    assert pixels[10, 10, 1:].max() < 60


def test_scales_16_bit_grey_to_8():
    levels = np.full((20, 20), 32896, dtype=np.uint16)

    assert (decoding.decode(encoded(Image.fromarray(levels), "PNG")) == 128).all()


@pytest.mark.parametrize("colour_type", [2, 6], ids=["RGB", "RGBA"])
def test_scales_16_bit_colour_to_8(colour_type):
    import struct
    import zlib

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    pixel = struct.pack(">4H", *(level * 257 for level in ORANGE), 65535)[: 6 if colour_type == 2 else 8]
    header = struct.pack(">IIBBBBB", 20, 20, 16, colour_type, 0, 0, 0)
    rows = zlib.compress((b"\0" + pixel * 20) * 20)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")

    assert (decoding.decode(data) == ORANGE).all()


def test_scales_float_grey_to_8():
    levels = np.full((20, 20), 0.5, dtype=np.float32)

    assert (decoding.decode(encoded(Image.fromarray(levels), "TIFF")) == 128).all()


def test_lays_transparency_on_white():
    pixels = decoding.decode(encoded(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG"))

    assert (pixels == 255).all()


def test_lays_transparent_palette_on_white():
    image = Image.new("P", (20, 20), 0)
    image.putpalette([0, 0, 0, 255, 0, 0])

    assert (decoding.decode(encoded(image, "PNG", transparency=0)) == 255).all()


def test_applies_exif_rotation():
    image = Image.new("RGB", (40, 20), "black")
    image.paste("white", (0, 0, 10, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: the picture's left is up

    pixels = decoding.decode(encoded(image, "JPEG", exif=exif))

    assert pixels.shape == (40, 20, 3)
    assert pixels[2].mean() > 200
    assert pixels[-2].mean() < 50


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF", "TIFF"])
def test_takes_the_first_frame_of_an_animation(kind):
    frames = [Image.new("RGB", (20, 20), colour) for colour in (ORANGE, (0, 0, 0))]

    pixels = decoding.decode(encoded(frames[0], kind, save_all=True, append_images=frames[1:]))

    assert np.abs(pixels[5, 5].astype(int) - ORANGE).max() < 12


def test_applies_exif_rotation_to_a_picture_that_is_decoded_smaller():
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = decoding.decode(encoded(Image.new("RGB", (1600, 800)), "JPEG", exif=exif), longest_side=200)

    assert pixels.shape[0] == 2 * pixels.shape[1] < 1600


@pytest.mark.parametrize(("mode", "kind"), [("RGB", "JPEG"), ("RGB", "PNG"), ("RGBA", "PNG")])
def test_what_is_upright_and_of_the_mode_already_takes_no_room_for_a_copy(mode, kind, monkeypatch):
    data = encoded(Image.new(mode, (40, 30), ORANGE), kind)
    copied = []
    monkeypatch.setattr(Image.Image, "copy", lambda image: copied.append(image.mode) or image._new(image.im.copy()))
    assert np.abs(decoding.decode(data).astype(int) - ORANGE).max() < 6
    assert copied == []


def test_thumbnail_fits_and_keeps_proportions():
    assert decoding.thumbnail(np.zeros((400, 1600, 3), np.uint8), 160).size == (160, 40)
    assert decoding.thumbnail(np.zeros((10, 20, 3), np.uint8), 160).size == (20, 10)


def test_decodes_a_large_jpeg_no_finer_than_asked():
    pixels = decoding.decode(encoded(Image.new("RGB", (1600, 1200), ORANGE), "JPEG"), longest_side=200)

    assert 200 <= max(pixels.shape) <= 800


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"meow, says the cat", "it is text", id="text"),
        pytest.param(b"<!DOCTYPE html><html></html>", "an HTML page", id="html"),
        pytest.param(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "it is HEIC", id="heic"),
        pytest.param(bytes([200, 3, 255, 9]) * 50, "no known format", id="noise"),
        pytest.param(encoded(Image.effect_noise((90, 90), 50), "JPEG")[:1500], "truncated", id="truncated jpeg"),
        pytest.param(encoded(Image.effect_noise((90, 90), 50), "PNG")[:1500], "truncated", id="truncated png"),
        pytest.param(png_header(20_000, 20_000), "more than", id="huge"),
        pytest.param(png_header(8000, 8000), "8000 x 8000 pixels are more than the limit", id="large"),
        pytest.param(encoded(Image.new("RGB", (4, 90)), "PNG"), "4 x 90 pixels are too few", id="tiny"),
        pytest.param(b"\xff\xd8\xff" + bytes(MAX_MESSAGE_BYTES), "more than the limit of 10485760", id="heavy"),
    ],
)
def test_says_what_is_wrong(data, reason):
    with pytest.raises(PictureError, match=reason):
        decoding.decode(data)


def test_names_the_file(tmp_path):
    (tmp_path / "cat.jpg").write_text("no picture")

    with pytest.raises(PictureError, match=r"cat\.jpg: no picture that can be read: it is text"):
        decoding.read_file(tmp_path / "cat.jpg")
    with pytest.raises(PictureError, match=r"is no file"):
        decoding.read_file(tmp_path)
    with pytest.raises(PictureError, match=r"missing\.jpg: cannot be read: No such file"):
        decoding.read_file(tmp_path / "missing.jpg")
