"""The tools that run the lab are compared with those that it was tried with."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tools(load_plugin):
    return load_plugin("module_utils/tool_versions")


def test_the_locked_tools_are_those_that_run_here(tools):
    wanted = tools.wanted_versions(ROOT)
    assert {"ansible-core", "kubernetes", "kubernetes.core"} <= set(wanted)
    assert tools.tool_lines(tools.found_versions(wanted), wanted)[0]["state"] == "ok"


def test_another_version_is_told_and_one_that_is_not_there(tools):
    [line] = tools.tool_lines({"a": "1", "b.c": ""}, {"a": "2", "b.c": "3", "d": "4"} | {"d": "4"})
    assert line["state"] == "warning"
    assert line["found"].endswith("a is 1, not 2; b.c is not there, not 3; d is not there, not 4.")


def test_what_is_not_there_has_no_version(tools):
    assert tools.found_versions(["no-such-package", "no.such_collection"]) == {
        "no-such-package": "",
        "no.such_collection": "",
    }


def test_without_the_checkouts_files_nothing_is_compared(tools, tmp_path):
    assert tools.wanted_versions(tmp_path) == {}
    assert tools.tool_lines({}, {})[0]["found"] == "not compared"
