"""The model's card: what it is, what it was trained on, how well it does and where it fails."""

from __future__ import annotations

from pathlib import Path
from string import Template

from catdog.training.recipes import Recipe

_CARD = Template("""\
# The ${preset} trained model

Tells cats from dogs. Network `${network}`, ${weights} weights, ${megabytes} MB; hash `${hash}`.
This card, `metrics.json`, `history.json` and `curves.png` were written by the run that made the weights.

## How it was made

    ${command}

- ${data}
- ${phases}; batches of ${batch}, ${optimizer}, learning rate up to ${rate},
  weight decay ${decay}, label smoothing ${smoothing}.
- ${changes}
- ${calibration}
- Time: ${seconds} of wall-clock time, ${processor} of processor time (all cores together; where that is less than the
  wall-clock time of all cores, other work ran beside it) on ${machine}, computed in ${dtype}, TensorFlow ${tensorflow},
  ${date}.

## How good it is

| pictures | accuracy | count | calibration error | cat taken for dog | dog taken for cat |
|---|---|---|---|---|---|
${rows}

A picture is classified at ${size} px${flip}. The validation pictures${drawn} were looked at
after every epoch but never trained on; no choice of an epoch was made by them: the weights are those of the last one.

![Curves](curves.png)

## Limits

${limits}
""")

_DRAWN_ONLY = """\
It has seen 80 drawings, far too few: it knows these by heart and guesses with others, and is often sure and wrong.
That is the lesson of the lab."""

_PHOTOS = """\
- It answers cat or dog for everything, also for a fox, a car or a face.
- Not measured: small animals in large scenes, both animals in one picture, breeds that are rare in the photos.
- The photos are squeezed to squares of 144 px before they are looked at: detail finer than that is lost."""


_OPTIMIZERS = {
    "muon": "Muon for kernels and AdamW for the rest, one cycle",
    "adamw": "AdamW, one cycle",
    "rmsprop": "RMSprop",
}


def write_card(path: Path, recipe: Recipe, metrics: dict) -> None:
    """Write the card as Markdown, from what the run measured."""
    pictures = metrics["pictures"]
    alone = not recipe.drawn_training
    values = {
        "preset": f"{recipe.preset}ly" if recipe.preset == "poor" else recipe.preset,
        "network": recipe.network,
        "weights": f"{metrics['weights']:,}",
        "megabytes": f"{metrics['weights_bytes'] / 1e6:.1f}",
        "hash": metrics["model_hash"],
        "command": metrics["command"],
        "data": f"Data: {pictures['training']} pictures" + (
            "."
            if alone
            else f", up to {pictures['of them drawn']} of them drawn by `catdog`, the others from the folder."
        ),
        "phases": "Epochs: " + ", then ".join(f"{phase.epochs} at {phase.size} px" for phase in recipe.phases),
        "batch": recipe.batch_size,
        "optimizer": _OPTIMIZERS[recipe.optimizer],
        "rate": recipe.learning_rate,
        "decay": recipe.weight_decay,
        "smoothing": recipe.label_smoothing,
        "changes": _changes(recipe),
        "calibration": (
            f"Confidence: logits are divided by {metrics['temperature']}, found on {pictures['held out to calibrate']} "
            "of the training pictures, which were not trained on."
            if pictures["held out to calibrate"]
            else "Confidence is as the network gives it: nothing was held out to calibrate it."
        ),
        "seconds": _minutes(metrics["seconds"]),
        "processor": _minutes(metrics["processor_seconds"]),
        "machine": metrics["machine"],
        "dtype": metrics["computed_in"],
        "tensorflow": metrics["tensorflow"],
        "date": metrics["date"],
        "rows": "\n".join(_row(name, figures) for name, figures in metrics["sets"].items()),
        "size": recipe.test_size,
        "flip": ", and its mirror image too, whose logits are averaged" if recipe.test_flip else "",
        "drawn": f" (in the curves: with {recipe.drawn_validation} drawings)" if recipe.drawn_validation else "",
        "limits": _DRAWN_ONLY if alone else _PHOTOS,
    }  # fmt: skip
    path.write_text(_CARD.substitute(values))


def _changes(recipe: Recipe) -> str:
    changes = []
    if recipe.crop_area != (1.0, 1.0):
        low, high = recipe.crop_area
        changes.append(f"crops of {low:.0%} to {high:.0%} of the area, stretched up to {recipe.crop_stretch - 1:.0%}")
    if recipe.flip:
        changes.append("mirror images")
    if recipe.brightness:
        changes.append(f"brightness and contrast by up to {recipe.brightness:.0%}")
    return f"Changed at random in every epoch: {', '.join(changes)}." if changes else "No picture is changed."


def _row(name: str, figures: dict) -> str:
    confusion = figures["confusion"]
    return (
        f"| {name} | {figures['accuracy']:.4f} | {figures['count']} | {figures['calibration_error']:.3f} "
        f"| {confusion['cat']['dog']} | {confusion['dog']['cat']} |"
    )


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} minutes"
