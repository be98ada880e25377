"""Models on disk: a folder with `model.json`, which says how the network is built and asked, and its weights.

`well` is shipped with the app. `poor` is the attendee's own, as soon as there is one, else the shipped one.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catdog.errors import ModelError
from catdog.files.disk_errors import prove_writable, writing

if TYPE_CHECKING:
    import keras

NAMES = ("poor", "well")
DESCRIPTION, WEIGHTS = "model.json", "model.weights.h5"
# In the notebook's image; in a checkout the models lie beside `src`.
INSTALLED = Path("/opt/catdog/models")
HASH_LENGTH = 12
BYTES_PER_WEIGHT = 4
# More than the file's headers, names and tables take.
HDF5_OVERHEAD = 1_000_000


@dataclass(frozen=True)
class Model:
    """One trained model.

    size: pixels of the square that the network is given; temperature: what its logits are divided by, so that
    confidence means what it says; flip: whether the flipped copy's logit is averaged in; weights: how many there are.
    """

    folder: Path
    name: str
    network: str
    size: int
    flip: bool
    temperature: float
    weights: int
    hash: str

    def load(self) -> keras.Model:
        """The network with its weights, computing in float32. Raises ModelError when they do not fit."""
        from catdog.models import networks

        network = networks.build(self.network)
        # Keras passes over what a file lacks with a warning, so the number is compared too.
        if network.count_params() != self.weights:
            raise self._misfit(f"it has {self.weights}, the network {network.count_params()}")
        try:
            network.load_weights(self.folder / WEIGHTS)
        except (OSError, ValueError, KeyError) as error:
            raise self._misfit(str(error).splitlines()[0]) from None
        return network

    def _misfit(self, reason: str) -> ModelError:
        return ModelError(
            f"{self.folder / WEIGHTS}: does not hold the weights of the network {self.network!r}: {reason}; "
            "train the model again with `catdog train`"
        )


def save(folder: Path, network: keras.Model, name: str, size: int, flip: bool, temperature: float) -> Model:
    """Write weights and description into `folder`, which is made where it is not there. Raises OutputError."""
    number = network.count_params()
    # Keras goes by the name's end, so the unfinished file has the same one.
    partial = folder / f"partial.{WEIGHTS}"
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        # On a full disk HDF5 may end the process.
        prove_writable(partial, number * BYTES_PER_WEIGHT + HDF5_OVERHEAD)
        network.save_weights(partial)
        partial.replace(folder / WEIGHTS)
        model = Model(folder, name, network.name, size, flip, temperature, number, file_hash(folder / WEIGHTS))
        description = {key: value for key, value in asdict(model).items() if key != "folder"}
        (folder / DESCRIPTION).write_text(json.dumps(description, indent=2) + "\n")
    return model


def find(name: str | Path) -> Model:
    """The model called `poor` or `well`, or the one in a folder. Raises ModelError with the places looked in."""
    for place in places(name):
        if (place / DESCRIPTION).is_file():
            return read(place)
    looked = " or ".join(str(place / DESCRIPTION) for place in places(name))
    raise ModelError(f"no model {str(name)!r}: {looked} is not there; give poor, well or a folder that holds a model")


def places(name: str | Path) -> list[Path]:
    """Folders in which a model of that name may be; the first that holds one counts."""
    if name == "poor":
        return [own_folder() / "poor", shipped_folder() / "poor"]
    return [shipped_folder() / "well"] if name == "well" else [Path(name)]


def read(folder: Path) -> Model:
    """The model in a folder. Raises ModelError when its description or weights are not there or damaged."""
    try:
        known = json.loads((folder / DESCRIPTION).read_text())
        model = Model(
            folder, str(known["name"]), str(known["network"]), int(known["size"]), bool(known["flip"]),
            float(known["temperature"]), int(known["weights"]), str(known["hash"]),
        )  # fmt: skip
        actual = file_hash(folder / WEIGHTS)
    except OSError as error:
        raise ModelError(f"{error.filename}: {error.strerror}; train the model again with `catdog train`") from None
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{folder / DESCRIPTION}: is damaged ({error!r}); train again with `catdog train`") from None
    if actual != model.hash:
        raise ModelError(
            f"{folder / WEIGHTS}: is not the file that {DESCRIPTION} beside it describes: hash {actual}, not "
            f"{model.hash}; train again with `catdog train`, or copy both files"
        )
    return model


def history(model: Model) -> list[dict]:
    """The training's, one dict an epoch. Raises ModelError."""
    return _read_beside(model, "history.json")


def metrics(model: Model) -> dict:
    """What was measured when it was trained. Raises ModelError."""
    return _read_beside(model, "metrics.json")


def _read_beside(model: Model, name: str) -> Any:
    path = model.folder / name
    try:
        return json.loads(path.read_text())
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}: train the model again with `catdog train`") from None
    except ValueError as error:
        raise ModelError(f"{path} is damaged ({error}): train the model again with `catdog train`") from None


def shipped_folder() -> Path:
    """Where the models that come with the app are: CATDOG_SHIPPED_MODELS, else beside the sources, else the image's."""
    if given := os.environ.get("CATDOG_SHIPPED_MODELS"):
        return Path(given)
    beside = Path(__file__).resolve().parents[3] / "models"
    return beside if beside.is_dir() else INSTALLED


def own_folder() -> Path:
    """Where the attendee's models go: CATDOG_MODELS, else `models` in the home folder."""
    return Path(os.environ.get("CATDOG_MODELS") or Path.home() / "models")


def file_hash(path: Path) -> str:
    """The first 12 hex digits of the file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:HASH_LENGTH]
