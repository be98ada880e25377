"""Models that are taken up when their files change, and those that are not there."""

import numpy as np
import pytest
import tensorflow as tf

from catdog.errors import InputError, ModelError
from catdog.models import files as model_files
from catdog.models import networks
from catdog.models.classifier import Classifier
from catdog.streaming.live_models import LiveModels

# Of a network's name that is none, of a folder that may not be looked into, and of a network that cannot compute.
OTHER_ERRORS = [
    InputError("unknown network 'slow'"),
    PermissionError(13, "Permission denied"),
    ValueError("no such shape"),
    tf.errors.ResourceExhaustedError(None, None, "out of memory"),
]


@pytest.fixture(autouse=True)
def narrow_network(monkeypatch):
    monkeypatch.setattr(networks, "FAST_STEM", 16)
    monkeypatch.setattr(networks, "FAST_STAGES", ((16, 1),))


@pytest.fixture
def folders(tmp_path, monkeypatch):
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    monkeypatch.setenv("CATDOG_SHIPPED_MODELS", str(shipped))
    monkeypatch.setenv("CATDOG_MODELS", str(own))
    save(shipped / "well", "well")
    return shipped, own


def save(folder, name):
    return model_files.save(folder, networks.build("fast"), name, 32, False, 1.0)


def break_poor(monkeypatch, error):
    warm_up = Classifier.warm_up

    def fail_for_poor(self, count=1):
        if self.model.name == "poor":
            raise error
        warm_up(self, count)

    monkeypatch.setattr(Classifier, "warm_up", fail_for_poor)


def names(models):
    return [(one.model.name, one.model.hash) for one in models.current.classifiers]


def test_without_a_poor_model_the_well_one_answers_alone(folders):
    models = LiveModels()
    assert [name for name, _ in names(models)] == ["well"]
    assert "poor/model.json is not there" in models.current.absent["poor"]


def test_a_model_that_is_trained_later_is_taken_up_once_its_files_rest(folders):
    _, own = folders
    models = LiveModels()
    first = models.current
    saved = save(own / "poor", "poor")
    models.look()
    assert models.current is first, "they may still be written"
    models.look()
    assert names(models)[0] == ("poor", saved.hash)
    assert models.current.absent == {}
    assert models.current.classifiers[0].logits(np.zeros((3, 32, 32, 3), np.uint8)).shape == (3,)


def test_a_model_that_is_trained_again_replaces_the_one_before(folders):
    _, own = folders
    save(own / "poor", "poor")
    models = LiveModels()
    before = names(models)
    saved = save(own / "poor", "poor")
    models.look()
    models.look()
    assert names(models) == [("poor", saved.hash), before[1]]
    assert before[0] != names(models)[0]


def test_files_that_do_not_change_are_not_loaded_again(folders):
    models = LiveModels()
    first = models.current
    models.look()
    models.look()
    assert models.current is first


def test_a_damaged_change_leaves_the_model_that_answers(folders):
    _, own = folders
    saved = save(own / "poor", "poor")
    models = LiveModels()
    (own / "poor" / model_files.WEIGHTS).write_bytes(b"half")
    models.look()
    models.look()
    assert names(models)[0] == ("poor", saved.hash)
    mended = save(own / "poor", "poor")
    models.look()
    models.look()
    assert names(models)[0] == ("poor", mended.hash)


def test_without_the_well_model_there_is_nothing_to_say(folders):
    shipped, _ = folders
    (shipped / "well" / model_files.DESCRIPTION).unlink()
    with pytest.raises(ModelError, match=r"no model 'well': .*shipped/well/model.json is not there"):
        LiveModels()


@pytest.mark.parametrize("error", OTHER_ERRORS, ids=lambda error: type(error).__name__)
def test_a_poor_model_that_fails_in_another_way_at_the_start_is_absent(folders, monkeypatch, error):
    _, own = folders
    save(own / "poor", "poor")
    break_poor(monkeypatch, error)
    models = LiveModels()
    assert [name for name, _ in names(models)] == ["well"]
    assert models.current.absent["poor"] == str(error)


@pytest.mark.parametrize("error", OTHER_ERRORS, ids=lambda error: type(error).__name__)
def test_a_change_that_fails_in_another_way_leaves_the_model_that_answers(folders, monkeypatch, error):
    _, own = folders
    saved = save(own / "poor", "poor")
    models = LiveModels()
    break_poor(monkeypatch, error)
    save(own / "poor", "poor")
    models.look()
    models.look()
    assert names(models)[0] == ("poor", saved.hash)


def test_a_folder_of_models_that_may_not_be_looked_into_is_one_without_a_model(folders, monkeypatch):
    find = model_files.find

    def find_unless_poor(name):
        if name == "poor":
            raise PermissionError(13, "Permission denied", "own/poor/model.json")
        return find(name)

    monkeypatch.setattr(model_files, "find", find_unless_poor)
    assert "Permission denied: 'own/poor/model.json'" in LiveModels().current.absent["poor"]
