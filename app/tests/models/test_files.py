"""Models on disk: where they are found, and what is said when they are not."""

import json

import numpy as np
import pytest

from catdog.errors import ModelError
from catdog.models import files as model_files
from catdog.models import networks


@pytest.fixture(autouse=True)
def narrow_network(monkeypatch):
    monkeypatch.setattr(networks, "FAST_STEM", 16)
    monkeypatch.setattr(networks, "FAST_STAGES", ((16, 1),))


@pytest.fixture
def folders(tmp_path, monkeypatch):
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    monkeypatch.setenv("CATDOG_SHIPPED_MODELS", str(shipped))
    monkeypatch.setenv("CATDOG_MODELS", str(own))
    return shipped, own


def save(folder, name="poor", temperature=0.7):
    return model_files.save(folder, networks.build("fast"), name, 48, True, temperature)


def test_a_saved_model_is_read_back_the_same(tmp_path):
    saved = save(tmp_path / "one")
    found = model_files.find(tmp_path / "one")
    assert found == saved
    assert (found.name, found.network, found.size, found.flip, found.temperature) == ("poor", "fast", 48, True, 0.7)
    assert len(found.hash) == model_files.HASH_LENGTH
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["model.json", "model.weights.h5"]


def test_loading_gives_the_same_weights(tmp_path):
    network = networks.build("fast")
    model = model_files.save(tmp_path, network, "x", 48, False, 1.0)
    for one, other in zip(network.weights, model.load().weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_attendees_poor_model_goes_before_the_shipped_one(folders):
    shipped, own = folders
    save(shipped / "poor")
    assert model_files.find("poor").folder == shipped / "poor"
    save(own / "poor")
    assert model_files.find("poor").folder == own / "poor"


def test_well_is_always_the_shipped_one(folders):
    shipped, own = folders
    save(own / "well", "well")
    with pytest.raises(ModelError, match=r"no model 'well': .*shipped/well/model.json is not there"):
        model_files.find("well")
    save(shipped / "well", "well")
    assert model_files.find("well").folder == shipped / "well"


def test_a_missing_model_names_the_places(folders):
    with pytest.raises(ModelError, match=r"own/poor/model.json or .*shipped/poor/model.json is not there"):
        model_files.find("poor")


def test_a_damaged_description_or_weights_are_named(tmp_path):
    save(tmp_path)
    (tmp_path / "model.weights.h5").write_bytes(b"no weights")
    with pytest.raises(ModelError, match=r"model.weights.h5: is not the file that model.json beside it describes"):
        model_files.find(tmp_path)
    (tmp_path / "model.weights.h5").unlink()
    with pytest.raises(ModelError, match=r"model.weights.h5: No such file"):
        model_files.find(tmp_path)
    (tmp_path / "model.json").write_text(json.dumps({"name": "x"}))
    with pytest.raises(ModelError, match=r"model.json: is damaged"):
        model_files.find(tmp_path)


def test_weights_of_another_network_are_refused(tmp_path, monkeypatch):
    save(tmp_path)
    monkeypatch.setattr(networks, "FAST_STAGES", ((32, 1),))
    with pytest.raises(ModelError, match="does not hold the weights of the network 'fast': it has"):
        model_files.find(tmp_path).load()
