"""Heads from the front and in profile, in a frame whose unit is the head's radius."""

from __future__ import annotations

from catdog.drawing import cat_head, dog_head
from catdog.drawing.breeds import Breed
from catdog.drawing.canvas import Pen

_HEADS = {"cat": cat_head, "dog": dog_head}


def front(pen: Pen, breed: Breed) -> None:
    """A face that looks at us."""
    _HEADS[breed.kind].front(pen, breed)


def profile(pen: Pen, breed: Breed) -> None:
    """A head that looks to the right."""
    _HEADS[breed.kind].profile(pen, breed)
