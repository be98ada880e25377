"""Models that are taken up when their files change, and those that are not there."""

import numpy as np
import pytest

from catdog.errors import ModelError
from catdog.models import files as model_files
from catdog.models import networks
from catdog.streaming.live_models import LiveModels


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
