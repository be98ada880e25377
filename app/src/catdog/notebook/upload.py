"""An attendee's own photo, by a button of the notebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import ipywidgets
from IPython.display import display

from catdog.notebook.display import picture_and_answers

if TYPE_CHECKING:
    from catdog.models.classifier import Classifier


class PhotoUpload:
    """A button that takes photos from the browser's machine, and below it what every model says of each, and why."""

    def __init__(self, classifiers: Sequence[Classifier]) -> None:
        self._classifiers = classifiers
        self.button = ipywidgets.FileUpload(
            accept="image/*", multiple=True, description="Choose a photo", layout={"width": "14em"}
        )
        self.shown = ipywidgets.HTML()
        self.button.observe(self._uploaded, "value")

    def _ipython_display_(self) -> None:
        display(ipywidgets.VBox([self.button, self.shown]))

    def _uploaded(self, change: dict) -> None:
        self.shown.value = "<p>looking at it …</p>"
        self.shown.value = "".join(
            picture_and_answers(photo["name"], bytes(photo["content"]), self._classifiers) for photo in change["new"]
        )
