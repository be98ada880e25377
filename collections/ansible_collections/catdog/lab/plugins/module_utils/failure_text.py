"""What a failed task had to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def failure_text(result: Mapping[str, Any], limit: int = 3000) -> str:
    """The message of a failed task, looped or not, and the end of its error output, each of `limit` characters."""
    texts = []
    for item in result.get("results") or [result]:
        if item.get("failed", True):
            texts += [str(item.get(key) or "").strip()[-limit:] for key in ("msg", "stderr")]
            if "rc" in item and not any(texts):
                texts.append(f"exit code {item['rc']}")
    return "\n".join(dict.fromkeys(text for text in texts if text)) or "no reason given"
