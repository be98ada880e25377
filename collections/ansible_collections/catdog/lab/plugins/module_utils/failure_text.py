"""What a failed task had to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def without_middle(text: str, limit: int) -> str:
    """A long text's beginning, which says what is wrong, and its end; whole lines of each."""
    if len(text) <= limit:
        return text
    head, tail = text[: limit * 2 // 3].rpartition("\n")[0], text[-(limit // 3) :].partition("\n")[2]
    return f"{head or text[: limit * 2 // 3]}\n…\n{tail or text[-(limit // 3) :]}"


def failure_text(result: Mapping[str, Any], limit: int = 3000) -> str:
    """The message of a failed task, looped or not, and its error output, each of about `limit` characters at most."""
    texts = []
    for item in result.get("results") or [result]:
        if item.get("failed", True):
            texts += [without_middle(str(item.get(key) or "").strip(), limit) for key in ("msg", "stderr")]
            if "rc" in item and not any(texts):
                texts.append(f"exit code {item['rc']}")
    return "\n".join(dict.fromkeys(text for text in texts if text)) or "no reason given"
