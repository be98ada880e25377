"""What a user of the object store may do and must not, tried with the user's own keys."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.catdog.lab.plugins.module_utils.isolation_probes import ALLOWED, REFUSED, Probe
from ansible_collections.catdog.lab.plugins.module_utils.object_store import Keys, Store

OBJECT = ".catdog-lab-probe"
# What the store answers whom it lets in, and whom not: by S3's error codes.
DONE = (200, 204)
DENIED, WRONG_SIGNATURE = "AccessDenied", "SignatureDoesNotMatch"


def outcome(answer: tuple[int, str], reason: str = DENIED) -> str:
    """Whether a request was let through or refused, for the reason that is meant; else what was answered."""
    status, text = answer
    if status in DONE:
        return ALLOWED
    if status == 403 and f"<Code>{reason}</Code>" in text:
        return REFUSED
    return f"answered by {status or 'nobody'}: {text[:200]}"


def probes_of(store: Store, keys: Keys, bucket: str, others: Sequence[str]) -> list[Probe]:
    """Attempts on the user's own bucket, and on those buckets of others that are there; they leave no object behind."""
    own, content = f"{bucket}/{OBJECT}", "catdog"
    put = outcome(store.ask(keys, "PUT", own, content))
    status, text = store.ask(keys, "GET", own)
    got = outcome((status, text))
    if got == ALLOWED and text != content:
        got = f"answered with other content ({len(text)} characters)"
    wrong = Keys(keys.access, keys.secret[::-1] + "x")
    tried = [
        ("put an object into the own bucket", ALLOWED, put),
        ("get it back", ALLOWED, got),
        ("remove it", ALLOWED, outcome(store.ask(keys, "DELETE", own))),
        ("list it with a wrong secret key", REFUSED, outcome(store.ask(wrong, "GET", bucket), WRONG_SIGNATURE)),
    ]
    for other in others:
        status, text = store.ask(keys, "GET", other)
        if status == 404:  # not made yet, so that nothing of it could be refused
            continue
        tried.append((f"list the bucket {other}", REFUSED, outcome((status, text))))
        put = outcome(store.ask(keys, "PUT", f"{other}/{OBJECT}", content))
        tried.append((f"put an object into {other}", REFUSED, put))
        if put == ALLOWED:
            store.ask(keys, "DELETE", f"{other}/{OBJECT}")
    return [Probe("store", f"as the attendee, {what}", expected, came) for what, expected, came in tried]
