"""Recipes: how each network is trained, as `poor` (the bundled pictures) or `well` (many photos)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from catdog.errors import InputError

NETWORK_NAMES = ("fast", "reference")
PRESETS = ("poor", "well")


@dataclass(frozen=True)
class Phase:
    """Epochs at one picture size."""

    epochs: int
    size: int


@dataclass(frozen=True)
class Recipe:
    """All that a training depends on beside its pictures and its seed."""

    network: str
    preset: str
    phases: tuple[Phase, ...]
    batch_size: int
    optimizer: str  # "muon" or "adamw", one cycle: up, then down to nothing; or "rmsprop", constant
    learning_rate: float  # the highest
    weight_decay: float = 0.0
    warm_up: float = 0.2  # part of all steps in which the learning rate rises
    label_smoothing: float = 0.0
    crop_area: tuple[float, float] = (1.0, 1.0)  # part of the picture's area that a crop keeps
    crop_stretch: float = 1.0  # most that a crop's width over height differs from the picture's
    brightness: float = 0.0  # and contrast: most that pixels are scaled or moved, as part of the range
    flip: bool = True
    drawn_training: int = 0  # drawings added to the training pictures
    drawn_validation: int = 0
    held_out: float = 0.0  # part of the training pictures kept back, on which confidence is calibrated
    store_side: int = 144  # pixels of the decoded pictures; the photos' own size
    test_size: int = 112  # pixels at which pictures are classified
    test_flip: bool = True  # classify the flipped copy too and average

    @property
    def epochs(self) -> int:
        return sum(phase.epochs for phase in self.phases)

    def size(self, epoch: int) -> int:
        """Pixels of the pictures in epoch 0..epochs-1."""
        for phase in self.phases:
            if epoch < phase.epochs:
                return phase.size
            epoch -= phase.epochs
        raise ValueError(f"epoch {epoch} is past the last phase")

    def as_dict(self) -> dict:
        return asdict(self)


RECIPES = {
    # Right on 0.47 of unseen drawings: it learns 80 by heart.
    ("fast", "poor"): Recipe(
        "fast", "poor", (Phase(20, 80),), batch_size=16, optimizer="adamw", learning_rate=0.003, weight_decay=0.01,
        store_side=112, test_size=80, test_flip=False,
    ),
    # Half an hour on 2 cores, right on 0.965 of 2,500 photos.
    ("fast", "well"): Recipe(
        "fast", "well", (Phase(13, 64), Phase(10, 80), Phase(6, 96)), batch_size=64, optimizer="muon",
        learning_rate=0.008, weight_decay=0.03, label_smoothing=0.05, crop_area=(0.45, 1.0), crop_stretch=1.2,
        brightness=0.15, drawn_training=2000, drawn_validation=200, held_out=0.03, test_size=112,
    ),
    # The original lab's; `well` takes some eight hours on 2 cores.
    ("reference", "poor"): Recipe(
        "reference", "poor", (Phase(20, 200),), batch_size=8, optimizer="rmsprop", learning_rate=1e-4,
        store_side=200, test_size=200, test_flip=False,
    ),
    ("reference", "well"): Recipe(
        "reference", "well", (Phase(20, 200),), batch_size=8, optimizer="rmsprop", learning_rate=1e-4,
        drawn_training=5000, drawn_validation=200, held_out=0.03, store_side=200, test_size=200, test_flip=False,
    ),
}  # fmt: skip


def get(network: str, preset: str) -> Recipe:
    """Raises InputError for an unknown network or preset."""
    try:
        return RECIPES[network, preset]
    except KeyError:
        known = ", ".join(" ".join(key) for key in RECIPES)
        raise InputError(f"no recipe for network {network!r} with preset {preset!r}: choose one of {known}") from None
