"""Many pictures: read and decoded by threads while the network computes, which takes them in batches of one size."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from catdog.errors import PictureError
from catdog.models.answer import Answer
from catdog.models.classification import decode
from catdog.prefetch import ahead, batches

if TYPE_CHECKING:
    from catdog.models.classifier import Classifier

BATCH = 64

Item = TypeVar("Item")


def logits(classifier: Classifier, images: Sequence[np.ndarray], fill: bool) -> np.ndarray:
    """Of at most BATCH pictures, uint8 [size, size, 3], float32 [count].

    fill: up to BATCH, as for another number of pictures the network would be compiled again, for a second or more.
    """
    stacked = np.stack(images)
    if fill and len(images) < BATCH:
        stacked = np.concatenate([stacked, np.zeros((BATCH - len(images), *stacked.shape[1:]), np.uint8)])
    return classifier.logits(stacked)[: len(images)]


def classify(
    classifiers: Sequence[Classifier], read: Callable[[Item], bytes], items: Iterable[Item]
) -> Iterator[tuple[Item, list[Answer] | PictureError]]:
    """Each item in order with the answers of all classifiers, or why there are none.

    read: gives an item's encoded picture, in a thread; may raise PictureError. So only as many pictures' bytes are in
    memory as there are processors. An answer's seconds are its part of the time that the batch took.
    """

    def prepare(item: Item) -> tuple[Item, list[np.ndarray] | PictureError]:
        try:
            data = read(item)
            pixels = decode(data)
            return item, [classifier.prepare(pixels) for classifier in classifiers]
        except PictureError as error:
            return item, error

    for number, batch in enumerate(batches(ahead(prepare, items), BATCH)):
        good = [images for _, images in batch if not isinstance(images, PictureError)]
        columns = []
        for classifier, images in zip(classifiers, zip(*good, strict=True), strict=False):
            started = time.perf_counter()
            dogs = classifier.confidences(logits(classifier, images, fill=number > 0))
            seconds = (time.perf_counter() - started) / len(images)
            columns.append([classifier.answer(dog, seconds) for dog in dogs])
        answers = zip(*columns, strict=True)
        for item, images in batch:
            yield item, images if isinstance(images, PictureError) else list(next(answers))
