"""Pictures from bytes and files, as any client may send them, to RGB pixels."""

from __future__ import annotations

import io
import stat
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from catdog.errors import PictureError
from catdog.limits import MAX_MESSAGE_BYTES, MAX_MESSAGE_SIZE

# 50 megapixels: more than a camera's, and 150 MB once decoded.
MAX_PIXELS = 50_000_000
MIN_SIDE = 8
# Formats that Pillow decodes by itself. Left out are those that start other programs (EPS) or are no pictures.
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "AVIF", "JPEG2000", "PPM", "ICO", "TGA")

_WIDE_GREY = ("I", "I;16", "I;16B", "I;16L", "F")


def read_file(path: str | Path) -> np.ndarray:
    """The picture in a file; see `decode`. Raises PictureError that names the file."""
    data = read_bytes(path)
    try:
        return decode(data)
    except PictureError as error:
        raise PictureError(f"{path}: {error}") from None


def read_bytes(path: str | Path) -> bytes:
    """The bytes of a picture's file. Raises PictureError that names the file: not there, no file, too many bytes."""
    path = Path(path)
    try:
        about = path.stat()
        # A pipe or a device might never end.
        if not stat.S_ISREG(about.st_mode):
            raise PictureError(f"{path}: is no file")
        if about.st_size > MAX_MESSAGE_BYTES:
            raise PictureError(
                f"{path}: {about.st_size} bytes are more than the limit of {MAX_MESSAGE_BYTES} ({MAX_MESSAGE_SIZE}): "
                "make it smaller"
            )
        return path.read_bytes()
    except OSError as error:
        raise PictureError(f"{path}: cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise PictureError(f"{path}: cannot be read: {error}") from None


def decode(data: bytes, longest_side: int | None = None) -> np.ndarray:
    """Pixels of an encoded picture: uint8 [height, width, 3], RGB, 0..255, upright.

    Grey, 16 bit, palette and CMYK pictures become RGB, transparency is laid on white, EXIF rotation is applied, and of
    an animation the first frame is taken. longest_side: decode no finer than needed for this many pixels (JPEG only
    halves, so the result may be larger; never smaller than the picture or `longest_side`).

    Raises PictureError with the reason: empty, too many bytes, no picture, unknown format, truncated, too large.
    """
    if not data:
        raise PictureError("empty: there are no bytes; send the picture file's bytes")
    if len(data) > MAX_MESSAGE_BYTES:
        raise PictureError(
            f"{len(data)} bytes are more than the limit of {MAX_MESSAGE_BYTES} ({MAX_MESSAGE_SIZE}): make it smaller"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _check_dimensions(image)
                if longest_side is not None:
                    image.draft("RGB", (longest_side, longest_side))
                image.load()
                ImageOps.exif_transpose(image, in_place=True)
                return np.asarray(_to_rgb(image))
    except UnidentifiedImageError:
        raise PictureError(f"no picture that can be read: {_guess(data)}") from None
    except Image.DecompressionBombError:
        raise PictureError(f"more than {MAX_PIXELS} pixels: make the picture smaller") from None
    except PictureError:
        raise
    # Decoders meet damaged bytes with many kinds of errors; whichever it is, the picture is damaged.
    except Exception as error:
        raise PictureError(f"damaged or truncated: {error}; send the whole file") from None


def thumbnail(pixels: np.ndarray, side: int) -> Image.Image:
    """The picture, RGB, both sides at most `side` pixels."""
    image = Image.fromarray(pixels)
    image.thumbnail((side, side))
    return image


def fit(image: Image.Image, side: int) -> np.ndarray:
    """The whole picture as a square, uint8 [side, side, 3]; its proportions are not kept, as in the photos' set."""
    return np.asarray(image.convert("RGB").resize((side, side), Image.Resampling.BILINEAR))


def _check_dimensions(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise PictureError(f"{width} x {height} pixels are more than the limit of {MAX_PIXELS}: make it smaller")
    if min(width, height) < MIN_SIDE:
        raise PictureError(f"{width} x {height} pixels are too few: both sides must have at least {MIN_SIDE}")


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode in _WIDE_GREY:
        return _wide_grey(image).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        image = _in_mode(image, "RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    return _in_mode(image, "RGB")


def _in_mode(image: Image.Image, mode: str) -> Image.Image:
    """As `convert` does, but no copy of what is in that mode: the largest takes 200 MB."""
    return image if image.mode == mode else image.convert(mode)


def _wide_grey(image: Image.Image) -> Image.Image:
    """Grey of more than 8 bits: whole numbers up to 65535, or floats up to 1."""
    levels = np.nan_to_num(np.asarray(image).astype(np.float64))
    top = levels.max(initial=0)
    if image.mode == "F" and top <= 1:
        levels = levels * 255
    elif top > 255 or image.mode.startswith("I;16"):
        levels = levels / 257
    return Image.fromarray(np.clip(np.round(levels), 0, 255).astype(np.uint8))


def _guess(data: bytes) -> str:
    """What bytes that are no picture seem to be, and what to send instead."""
    use = "send JPEG, PNG, GIF, BMP, WebP, TIFF or AVIF"
    start = data[:64].lstrip()
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"hevc", b"msf1"):
        return f"it is HEIC; {use}"
    if start[:5].lower() in (b"<!doc", b"<html"):
        return f"it is an HTML page; {use}"
    if start[:4] in (b"<svg", b"<?xm"):
        return f"it is SVG or XML; {use}"
    if data[:4] == b"%PDF":
        return f"it is PDF; {use}"
    try:
        data[:512].decode("utf-8")
    except UnicodeDecodeError:
        return f"{len(data)} bytes in no known format; {use}"
    return f"it is text; {use}"
