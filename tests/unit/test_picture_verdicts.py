"""The judgement on what came back: each verdict, and when a run has passed."""

from __future__ import annotations

import json

import pytest
from ansible.errors import AnsibleFilterError

SENT = {
    "file": "cat-1.png",
    "label": "cat",
    "correlation_id": "run-0001",
    "topic": "rhte",
    "partition": 0,
    "offset": 41,
    "sha256": "aa",
}
RECORD = {
    "topic": "rhte",
    "partition": 0,
    "offset": 41,
    "correlation_id": "run-0001",
    "sha256": "aa",
    "answers": [
        {"model": "well", "model_hash": "h1", "label": "cat", "confidence": 0.99, "seconds": 0.01},
        {"model": "poor", "model_hash": "h2", "label": "dog", "confidence": 0.6, "seconds": 0.01},
    ],
}


def answered(**changes):
    """The record with its well-trained model's answer changed."""
    return {**RECORD, "answers": [{**RECORD["answers"][0], **changes}]}


@pytest.fixture
def verdicts(load_plugin):
    filters = load_plugin("filter/picture_verdicts")

    def judge(*records, sent=(SENT,), **bounds):
        return filters.picture_verdicts(sent, ["a library warns", *map(json.dumps, records)], **bounds)

    return judge


@pytest.mark.parametrize(
    ("record", "verdict", "word"),
    [
        (RECORD, "right", ""),
        (answered(label="dog"), "wrong", "dog"),
        (answered(confidence=0.4), "unsure", "0.4"),
        (answered(confidence=1.5), "unsure", "1.5"),
        (answered(seconds=60), "slow", "60"),
        ({**RECORD, "sha256": "bb"}, "altered", "bb"),
        ({key: RECORD[key] for key in RECORD if key != "sha256"}, "altered", "None"),
        ({**RECORD, "answers": [], "error": {"reason": "cut short"}}, "refused", "cut short"),
        ({**RECORD, "offset": 7}, "missing", "offset 7"),
        ({**RECORD, "correlation_id": "earlier-0001"}, "missing", "run-0001"),
        ({**RECORD, "answers": RECORD["answers"][1:]}, "missing", "well"),
    ],
)
def test_each_record_gets_its_verdict_and_reason(verdicts, record, verdict, word):
    [judged] = verdicts(record)
    assert judged["verdict"] == verdict
    assert word in judged["reason"]


def test_error_record_without_sha256_is_refused_not_altered(verdicts):
    [judged] = verdicts({"correlation_id": "run-0001", "partition": 0, "offset": 41, "error": {"reason": "text"}})
    assert judged["verdict"] == "refused"


def test_other_model_can_be_the_one_that_counts(verdicts):
    [judged] = verdicts(RECORD, model="poor")
    assert judged["verdict"] == "wrong"


def test_a_line_that_is_broken_json_is_told(verdicts, load_plugin):
    with pytest.raises(AnsibleFilterError, match="no JSON"):
        load_plugin("filter/picture_verdicts").picture_verdicts([SENT], ['{"topic": '])


def summary(load_plugin, *kinds, **options):
    verdicts = [
        {"file": f"{n}.png", "label": "cat", "verdict": kind, "reason": kind, "answers": []}
        for n, kind in enumerate(kinds)
    ]
    return load_plugin("filter/picture_verdicts").verification_summary(verdicts, **options)


@pytest.mark.parametrize(
    ("kinds", "options", "passed"),
    [
        (["right", "right"], {}, True),
        (["right", "wrong"], {}, False),
        (["right"] * 9 + ["wrong"], {"share": 0.9}, True),
        (["right"] * 9 + ["refused"], {"share": 0.9}, True),
        (["right"] * 8 + ["wrong"] * 2, {"share": 0.9}, False),
        (["right"] * 9 + ["altered"], {"share": 0.9}, False),
        (["right"] * 9 + ["missing"], {"share": 0.5}, False),
        ([], {}, False),
        (["right"], {"failure": "the notebook is gone"}, False),
    ],
)
def test_a_run_passes_only_with_its_share_and_nothing_missing_or_altered(load_plugin, kinds, options, passed):
    assert summary(load_plugin, *kinds, **options)["passed"] is passed


def test_summary_counts_each_model(load_plugin, verdicts):
    judged = verdicts(RECORD)
    [well, poor] = load_plugin("filter/picture_verdicts").verification_summary(judged)["models"]
    assert (well["right"], well["accuracy"], well["model_hash"]) == (1, 1.0, "h1")
    assert (poor["right"], poor["accuracy"]) == (0, 0.0)


@pytest.mark.parametrize(
    ("prediction", "said"),
    [
        (RECORD, None),
        (None, "gave no prediction for run-0001"),
        ({**RECORD, "offset": 40}, "predicts for another record (partition 0, offset 40)"),
        (answered(label="dog"), "says dog by model 'well', the notebook cat"),
        (
            {**RECORD, "answers": [], "error": {"reason": "no picture"}},
            "says no picture by model 'well', the notebook cat",
        ),
    ],
)
def test_the_streaming_service_must_say_what_the_notebook_says(load_plugin, verdicts, prediction, said):
    filters = load_plugin("filter/picture_verdicts")
    lines = [json.dumps(prediction)] if prediction else []
    found = filters.stream_disagreements(verdicts(RECORD), lines)
    assert found == ([f"cat-1.png: the streaming service {said}"] if said else [])
