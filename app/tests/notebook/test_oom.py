"""A kernel that was killed for want of memory is told of once, by the next one."""

import pytest

from catdog.notebook import oom


@pytest.mark.parametrize("content", ["low 0\noom 3\noom_kill 2\n", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n"])
def test_tells_once_of_kernels_that_were_killed(tmp_path, content):
    events, seen = tmp_path / "events", tmp_path / "seen"
    events.write_text(content)
    places = (tmp_path / "not there", events)

    assert oom.oom_kills(places, seen).startswith("A kernel of this notebook ran out of memory and was killed")
    assert oom.oom_kills(places, seen) == ""
    events.write_text(content.replace("oom_kill 2", "oom_kill 3"))
    assert oom.oom_kills(places, seen) != ""


def test_is_silent_where_nothing_was_killed_or_nothing_is_known(tmp_path):
    (tmp_path / "events").write_text("oom_kill 0\n")
    assert oom.oom_kills((tmp_path / "events",), tmp_path / "seen") == ""
    assert oom.oom_kills((tmp_path / "not there",), tmp_path / "seen") == ""
    (tmp_path / "events").write_text("")
    assert oom.oom_kills((tmp_path / "events",), tmp_path / "seen") == ""


def test_is_silent_where_it_could_not_remember(tmp_path):
    (tmp_path / "events").write_text("oom_kill 1\n")
    assert oom.oom_kills((tmp_path / "events",), tmp_path / "no folder" / "seen") == ""
