"""Filter `picture_thumbnail`: a picture file as a small data URI, so that a report can carry it inside itself."""

from __future__ import annotations

import base64
import io
import warnings
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleFilterError


def picture_thumbnail(path: str, size: int = 200) -> str:
    """A JPEG of at most `size` by `size` pixels as a data URI; empty for a file that is no readable picture."""
    try:
        from PIL import Image
    except ImportError as error:
        raise AnsibleFilterError("Pillow is missing: run `make setup`.") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(Path(path)) as picture:
                picture.thumbnail((size, size))
                jpeg = io.BytesIO()
                picture.convert("RGB").save(jpeg, "JPEG", quality=85)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return ""
    return "data:image/jpeg;base64," + base64.b64encode(jpeg.getvalue()).decode()


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"picture_thumbnail": picture_thumbnail}
