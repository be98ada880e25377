"""What modules that wait for Kubernetes ask, without a cluster."""

from __future__ import annotations

from types import SimpleNamespace as Thing

import pytest
from kubernetes import watch

from ansible_collections.catdog.lab.plugins.module_utils.kubernetes_waiting import is_ready, next_change


@pytest.mark.parametrize(
    ("conditions", "ready"),
    [([("Ready", "True")], True), ([("Ready", "False"), ("PodScheduled", "True")], False), (None, False)],
)
def test_ready_is_what_has_the_condition(conditions: list | None, ready: bool) -> None:
    found = [Thing(type=kind, status=status) for kind, status in conditions] if conditions else None
    assert is_ready(Thing(status=Thing(conditions=found))) is ready


@pytest.mark.parametrize(("events", "taken"), [(["present", "change", "another"], 2), (["present"], 1), ([], 0)])
def test_the_first_change_after_the_present_state_ends_the_wait(
    monkeypatch: pytest.MonkeyPatch, events: list[str], taken: int
) -> None:
    asked, seen = {}, []

    class Watch:
        stopped = False

        def stream(self, *what: object, **options: object):
            asked.update(what=what, **options)
            for event in events:
                seen.append(event)
                yield event
                if self.stopped:
                    return

        def stop(self) -> None:
            self.stopped = True

    monkeypatch.setattr(watch, "Watch", Watch)
    next_change(print, "rhte2019", name="rhte-notebook", seconds=0.2)
    assert seen == events[:taken]
    assert asked == {"what": (print, "rhte2019"), "field_selector": "metadata.name=rhte-notebook", "timeout_seconds": 1}
