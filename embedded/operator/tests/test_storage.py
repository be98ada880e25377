"""Storage of a pool: what is read, which changes are refused."""

import pytest
from embedded_operator.errors import InvalidResourceError
from embedded_operator.model.storage import parse_volumes, quantity, refused_changes


def claim(i=0, size="2Gi", **fields):
    return {"id": i, "type": "persistent-claim", "size": size, **fields}


def ephemeral(i=0, **fields):
    return {"id": i, "type": "ephemeral", **fields}


def jbod(*volumes):
    return {"type": "jbod", "volumes": list(volumes)}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1Gi", 1024**3),
        ("1024Mi", 1024**3),
        ("2G", 2 * 10**9),
        ("0.5Ti", 2**39),
        ("3", 3),
        ("1e3", 1000),
        ("1E", 10**18),
    ],
)
def test_quantities(text, number):
    assert quantity(text) == number


@pytest.mark.parametrize("text", ["", "much", "1GB", "1.2.3Gi", "-1Gi", "1 Gi"])
def test_what_is_no_quantity(text):
    with pytest.raises(ValueError, match="is no quantity: give one such as 10Gi"):
        quantity(text)


@pytest.mark.parametrize(
    ("storage", "message"),
    [
        (jbod(), "volumes is empty"),
        (jbod(claim(), claim()), r"need different ids, not \[0, 0\]"),
        (jbod({"type": "ephemeral"}), r"need different ids, not \[None\]"),
        (jbod(claim(0, kraftMetadata="shared"), claim(1, kraftMetadata="shared")), "only one volume"),
        (jbod({"id": 0, "type": "persistent-claim"}), "size is mandatory"),
        ({"type": "persistent-claim"}, "size is mandatory"),
        (jbod(claim(size="much")), "'much' is no quantity"),
        (jbod(claim(size="0")), "size 0 is no size"),
    ],
)
def test_what_cannot_be_read(storage, message):
    with pytest.raises(InvalidResourceError, match=message):
        parse_volumes(storage, "kafka")


def test_the_metadata_log_is_on_the_volume_that_says_so_or_the_first():
    def holders(storage):
        return [volume.id for volume in parse_volumes(storage, "kafka") if volume.metadata]

    assert holders(jbod(claim(2), claim(1))) == [1]
    assert holders(jbod(claim(2, kraftMetadata="shared"), claim(1))) == [2]
    assert holders({"type": "ephemeral"}) == [0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (jbod(claim()), jbod(claim())),
        (jbod(claim()), jbod(claim(size="3Gi"))),
        (jbod(claim()), jbod(claim(size="2048Mi"))),
        (jbod(claim()), jbod(claim(deleteClaim=True))),
        (jbod(claim()), jbod(claim(), claim(1))),
        (jbod(claim(), claim(1)), jbod(claim())),
        (jbod(claim()), jbod(claim(kraftMetadata="shared"))),
    ],
)
def test_changes_that_can_be_made(before, after):
    assert refused_changes(before, after, "kafka") == []


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        (jbod(ephemeral()), {"type": "ephemeral"}, "type from jbod to ephemeral"),
        (jbod(ephemeral()), jbod(claim()), "volume 0: type from ephemeral to persistent-claim"),
        (jbod(claim()), jbod(claim(size="1Gi")), "volume 0: size from 2Gi to 1Gi"),
        (jbod(claim(**{"class": "slow"})), jbod(claim(**{"class": "fast"})), "volume 0: class from slow to fast"),
        (jbod(ephemeral()), jbod(ephemeral(sizeLimit="1Gi")), "volume 0: sizeLimit from None to 1Gi"),
        (jbod(claim(), claim(1)), jbod(claim(1)), "the metadata log from volume 0 to 1"),
        (
            jbod(claim(), claim(1)),
            jbod(claim(), claim(1, kraftMetadata="shared")),
            "the metadata log from volume 0 to 1",
        ),
    ],
)
def test_changes_that_are_refused(before, after, refused):
    assert refused in refused_changes(before, after, "kafka")
