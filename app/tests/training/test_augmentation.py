"""What a training reads ahead."""

import threading
from dataclasses import replace

import numpy as np

from catdog.data.dataset import PictureStore
from catdog.training.augmentation import training_batches
from catdog.training.recipes import Phase, get

SIDE, BATCH, BATCHES = 16, 2, 200
# Batches in memory at once, beside the one that is trained on: those that wait, and those that are being made.
MOST_AHEAD = 8


class Watched:
    """Pixels of a store that count how many batches were read, and how many of them were not taken yet."""

    shape = (BATCH * BATCHES, SIDE, SIDE, 3)

    def __init__(self):
        self.read = self.taken = self.most = 0
        self.changed = threading.Condition()

    def __getitem__(self, rows):
        with self.changed:
            self.read += 1
            self.most = max(self.most, self.read - self.taken)
            self.changed.notify()
        return np.zeros((len(rows), *self.shape[1:]), np.uint8)

    def take(self):
        """Slower than they are read: only when two more have been."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.read >= min(self.taken + 2, BATCHES), timeout=60)
            self.taken += 1


def test_few_batches_are_in_memory_however_many_there_are():
    recipe = replace(get("fast", "well"), batch_size=BATCH, phases=(Phase(1, SIDE),))
    pixels = Watched()
    store = PictureStore(pixels, np.zeros(BATCH * BATCHES, np.float32))
    batches, steps = training_batches(store, range(BATCH * BATCHES), recipe, epoch=0, seed=1)
    for _ in batches:
        pixels.take()
    assert (steps, pixels.read, pixels.taken) == (BATCHES, BATCHES, BATCHES)
    assert 2 <= pixels.most <= MOST_AHEAD
