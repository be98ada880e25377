"""What the notebooks use: `%load_ext catdog.notebook`, then the names below. README.md of the app lists them."""

# ruff: noqa: E402
from catdog.tensorflow_startup import start_tensorflow

# First, as what is imported below would start it with its log.
start_tensorflow()

from catdog.kafka.settings import KafkaSettings
from catdog.models.classifier import load_both
from catdog.notebook.display import (
    compare_models,
    contact_sheet,
    curves,
    show_comparison,
    show_newest,
    show_next,
    show_pictures,
)
from catdog.notebook.extension import load_ipython_extension, unload_ipython_extension
from catdog.notebook.more_photos import before_and_after, draw_more, load_pictures, measure, send_pictures
from catdog.notebook.training_plot import train_live
from catdog.notebook.upload import PhotoUpload

__all__ = [
    "KafkaSettings",
    "PhotoUpload",
    "before_and_after",
    "compare_models",
    "contact_sheet",
    "curves",
    "draw_more",
    "load_both",
    "load_ipython_extension",
    "load_pictures",
    "measure",
    "send_pictures",
    "show_comparison",
    "show_newest",
    "show_next",
    "show_pictures",
    "train_live",
    "unload_ipython_extension",
]
