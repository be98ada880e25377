"""cats_vs_dogs as TensorFlow Datasets prepares it: TFRecord files of examples with image, file name and label.

Read without that library: the records' framing (https://www.tensorflow.org/tutorials/load_data/tfrecord) here, the
examples in them by TensorFlow.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

from catdog import LABELS
from catdog.data.items import Item, Source
from catdog.errors import ArchiveError, DataError
from catdog.tensorflow_startup import start_tensorflow

# A record: its length (8 bytes, little-endian), that length's checksum (4), the data, their checksum (4).
_HEADER, _CHECKSUM = struct.Struct("<QI"), 4


def prepared() -> Path | None:
    """The newest version of cats_vs_dogs that TensorFlow Datasets has prepared on this machine."""
    versions = [path for path in (tfds_folder() / "cats_vs_dogs").glob("*") if is_prepared(path)]
    return max(versions, default=None)


def is_prepared(folder: Path) -> bool:
    """Whether it holds TFRecord files."""
    return folder.is_dir() and any(folder.glob("*.tfrecord*"))


def source(folder: Path) -> Source:
    """The examples of all its files. Raises DataError without TensorFlow, ArchiveError when a file is damaged."""
    try:
        start_tensorflow()
        from tensorflow.train import Example
    except ImportError:
        raise DataError(f"{folder}: TFRecord files are read by TensorFlow: install catdog[model]") from None
    spans = [(path, start, length) for path in sorted(folder.glob("*.tfrecord*")) for start, length in _spans(path)]

    def items() -> Iterator[Item]:
        for path, start, length in spans:
            with path.open("rb") as file:
                file.seek(start)
                features = Example.FromString(file.read(length)).features.feature
            try:
                label = LABELS[features["label"].int64_list.value[0]]
                name = features["image/filename"].bytes_list.value[0].decode().replace("\\", "/")
                image = features["image"].bytes_list.value[0]
            except (IndexError, UnicodeDecodeError):
                raise ArchiveError(
                    f"{path}: holds no examples of cats_vs_dogs (image, image/filename, label)"
                ) from None
            yield Item(f"{label}/{Path(name).name}", len(image), lambda image=image: image)

    return Source(items(), len(spans), sum(length for _, _, length in spans))


def tfds_folder() -> Path:
    """Where TensorFlow Datasets prepares its sets: TFDS_DATA_DIR, else its default in the home folder."""
    return Path(os.environ.get("TFDS_DATA_DIR") or Path.home() / "tensorflow_datasets")


def _spans(path: Path) -> Iterator[tuple[int, int]]:
    """Where each record's data begin, and their length."""
    size, position = path.stat().st_size, 0
    with path.open("rb") as file:
        while position < size:
            file.seek(position)
            header = file.read(_HEADER.size)
            length = _HEADER.unpack(header)[0] if len(header) == _HEADER.size else size
            position += _HEADER.size + length + _CHECKSUM
            if position > size:
                raise ArchiveError(f"{path}: damaged or truncated: have TensorFlow Datasets prepare it again")
            yield position - length - _CHECKSUM, length
