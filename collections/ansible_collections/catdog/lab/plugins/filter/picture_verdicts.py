"""Filters that judge what came back for the pictures that a verification sent.

`picture_verdicts`: pictures sent + the lines that `catdog receive --json` printed -> one verdict a picture.
`stream_disagreements`: verdicts + the lines that `catdog watch --json` printed -> what the streaming service says
otherwise.
`verification_summary`: verdicts -> counts, accuracy of both models, and whether the whole run has passed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

# A picture that is wrong or refused costs one point of the required share; these break the lab's promise at once.
BREAKS = ("missing", "altered")


def parse_records(lines: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Records by correlation id, from lines of which some may be no JSON (a library's warnings)."""
    records: dict[str, dict[str, Any]] = {}
    for line in lines:
        if line.startswith("{"):
            try:
                record = json.loads(line)
            except ValueError as error:
                raise AnsibleFilterError(f"`catdog receive` printed a line that is no JSON: {line[:200]}") from error
            if record.get("correlation_id"):
                records[record["correlation_id"]] = record
    return records


def answer_of(record: Mapping[str, Any], model: str) -> dict[str, Any]:
    return next((answer for answer in record.get("answers") or [] if answer.get("model") == model), {})


def judge(
    sent: Mapping[str, Any], record: Mapping[str, Any] | None, model: str, confidence: float, seconds: float
) -> tuple[str, str]:
    """(verdict, reason in words) for one picture; the reason of `right` is empty."""
    where = f"topic {sent['topic']}, partition {sent['partition']}, offset {sent['offset']}"
    if record is None:
        return "missing", f"the notebook gave no answer for {sent['correlation_id']} ({where})"
    if (record["partition"], record["offset"]) != (sent["partition"], sent["offset"]):
        other = f"partition {record['partition']}, offset {record['offset']}"
        return "missing", f"the answer is about another record ({other}), not about {where}"
    if record.get("sha256", sent["sha256"] if record.get("error") else None) != sent["sha256"]:
        return "altered", f"sent sha256 {sent['sha256']}, the notebook read {record.get('sha256')} ({where})"
    if record.get("error"):
        return "refused", f"the notebook could not read it: {record['error'].get('reason')} ({where})"
    answer = answer_of(record, model)
    if not answer:
        return "missing", f"model '{model}' gave no answer ({where})"
    if answer["label"] != sent["label"]:
        return "wrong", f"model '{model}' takes it for a {answer['label']} (confidence {answer['confidence']:.2f})"
    if not confidence <= answer["confidence"] <= 1:
        return "unsure", f"model '{model}' has confidence {answer['confidence']}, at least {confidence} is asked"
    if not 0 <= answer["seconds"] <= seconds:
        return "slow", f"model '{model}' took {answer['seconds']} s, at most {seconds} s are allowed"
    return "right", ""


def picture_verdicts(
    pictures: Sequence[Mapping[str, Any]],
    lines: Sequence[str],
    model: str = "well",
    confidence: float = 0.5,
    seconds: float = 10,
) -> list[dict[str, Any]]:
    """Each picture with `verdict`, `reason`, `answers` and, for an error record, `error`.

    A picture has file, label, correlation_id, topic, partition, offset, sha256. Verdicts: right, wrong, unsure
    (confidence below `confidence`), slow (over `seconds`), refused (an error record), altered, missing.
    """
    records = parse_records(lines)
    verdicts = []
    for sent in pictures:
        record = records.get(sent["correlation_id"])
        verdict, reason = judge(sent, record, model, float(confidence), float(seconds))
        known = record if record and verdict != "missing" else {}
        # The model that counts comes first wherever answers are shown.
        answers = sorted(known.get("answers") or [], key=lambda answer: answer.get("model") != model)
        verdicts.append({**sent, "verdict": verdict, "reason": reason, "answers": answers, "error": known.get("error")})
    return verdicts


def stream_disagreements(verdicts: Sequence[Mapping[str, Any]], lines: Sequence[str], model: str = "well") -> list[str]:
    """What the streaming service left out or answers otherwise than the notebook's `model`, one sentence a picture."""
    predictions, said = parse_records(lines), []
    for verdict in verdicts:
        title = f"{verdict['file']}: the streaming service"
        asked, prediction = answer_of(verdict, model), predictions.get(verdict["correlation_id"])
        if prediction is None:
            said.append(f"{title} gave no prediction for {verdict['correlation_id']}")
        elif (prediction["partition"], prediction["offset"]) != (verdict["partition"], verdict["offset"]):
            place = f"partition {prediction['partition']}, offset {prediction['offset']}"
            said.append(f"{title} predicts for another record ({place})")
        elif asked and (answer := answer_of(prediction, model)).get("label") != asked["label"]:
            reason = answer.get("label") or (prediction.get("error") or {}).get("reason") or "nothing"
            said.append(f"{title} says {reason} by model '{model}', the notebook {asked['label']}")
    return said


def models_of(verdicts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each model that answered: name, model_hash, count, right, accuracy, median seconds."""
    names = dict.fromkeys(answer["model"] for verdict in verdicts for answer in verdict["answers"])
    models = []
    for name in names:
        pairs = [(verdict["label"], answer_of(verdict, name)) for verdict in verdicts if answer_of(verdict, name)]
        right = sum(label == answer["label"] for label, answer in pairs)
        seconds = sorted(answer["seconds"] for _, answer in pairs)
        models.append(
            {
                "model": name,
                "model_hash": pairs[0][1].get("model_hash", ""),
                "count": len(pairs),
                "right": right,
                "accuracy": round(right / len(pairs), 4),
                "median_seconds": seconds[len(seconds) // 2],
            }
        )
    return models


def verification_summary(
    verdicts: Sequence[Mapping[str, Any]], share: float = 1.0, failure: str = ""
) -> dict[str, Any]:
    """Whether at least `share` of the pictures are right and none is missing or altered, with `problems` in words.

    A run that broke off (`failure` says why) has not passed, whatever its verdicts are."""
    count, right = len(verdicts), sum(verdict["verdict"] == "right" for verdict in verdicts)
    problems = [f"{verdict['file']}: {verdict['reason']}" for verdict in verdicts if verdict["verdict"] != "right"]
    broken = any(verdict["verdict"] in BREAKS for verdict in verdicts)
    return {
        "passed": not failure and count > 0 and right >= float(share) * count - 1e-9 and not broken,
        "count": count,
        "right": right,
        "required_share": float(share),
        "problems": problems,
        "models": models_of(verdicts),
    }


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {
            "picture_verdicts": picture_verdicts,
            "stream_disagreements": stream_disagreements,
            "verification_summary": verification_summary,
        }
