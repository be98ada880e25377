"""The progress of a class of four, as the role shows it: table, page and data."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.catdog.lab.plugins.module_utils.attendee_progress import seen, unseen

ROOT = Path(__file__).resolve().parents[2]
PLAY = """
- name: Show
  hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.set_fact: {__progress_asked: "{{ rows[inventory_hostname] }}"}
      when: inventory_hostname in rows
    - ansible.builtin.include_role: {name: progress, tasks_from: show}
"""
NOTHING = {
    "opened": False, "model": None, "sent": 0, "more": False, "classified": 0, "compared": 0, "last_activity": None,
    "unseen": [],
}  # fmt: skip
MODEL = {"name": "poor", "accuracy": 0.65, "pictures": 20}
DONE = {
    "opened": True, "model": MODEL, "sent": 3, "classified": 4, "compared": 8, "last_activity": "2020-01-02T12:00:00Z",
}  # fmt: skip
ROWS = {
    "ann": seen("ann", NOTHING | DONE),
    "bob": seen("bob", NOTHING),
    "eve": seen("eve", NOTHING | {"opened": True, "sent": None, "unseen": ["no broker answers"]}),
    "zoe": unseen("zoe", "the notebook cannot tell: <b>no</b> space"),
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, dict]:
    """What is printed, the page, and the data."""
    folder = tmp_path_factory.mktemp("progress")
    (folder / "play.yml").write_text(PLAY)
    (folder / "hosts").write_text("".join(f"{name} ansible_connection=local\n" for name in ROWS))
    (folder / "rows.json").write_text(json.dumps({"rows": {name: {"row": row} for name, row in ROWS.items()}}))
    command = [
        str(Path(sys.executable).with_name("ansible-playbook")), "-i", "hosts", "play.yml", "-e", "@rows.json",
        "-e", f"progress_directory={folder}", "-e", f"ansible_python_interpreter={sys.executable}",
    ]  # fmt: skip
    (folder / "ansible.cfg").write_text(
        f"[defaults]\nroles_path = {ROOT}/roles\ncollections_path = {ROOT}/collections\nhome = {folder}/home\n"
        "callback_result_format = yaml\n"
    )
    own = {"ANSIBLE_CONFIG": str(folder / "ansible.cfg"), "ANSIBLE_HOME": str(folder / "home")}
    done = subprocess.run(command, cwd=folder, env=os.environ | own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, (folder / "progress.html").read_text(), json.loads((folder / "progress.json").read_text())


def test_the_table_has_a_row_for_each_and_the_counts(shown: tuple[str, str, dict]):
    printed, _, _ = shown
    lines = [re.split(r"\s{2,}", line.strip()) for line in printed.splitlines()]
    assert ["ATTENDEE", "NOTEBOOK OPENED", "OWN MODEL", "PICTURES SENT", "CLASSIFIED", "COMPARED", "LAST ACTIVITY",
            "REMARK"] in lines  # fmt: skip
    assert next(line for line in lines if line[0] == "ann")[:6] == ["ann", "yes", "65%", "3", "4", "8"]
    assert ["bob", "-", "-", "-", "-", "-", "-"] in lines
    assert ["eve", "yes", "-", "?", "-", "-", "-", "no broker answers"] in lines
    assert ["zoe", "?", "?", "?", "?", "?", "-", "the notebook cannot tell: <b>no</b> space"] in lines
    assert ["2 of 4 have opened the notebook,"] in lines and ["1 of 4 have trained a model,"] in lines


def test_the_data_has_the_same(shown: tuple[str, str, dict]):
    _, _, data = shown
    assert data["attendees"] == list(ROWS.values())
    assert [count["done"] for count in data["counts"]] == [2, 1, 1, 1, 1]


def test_the_page_has_ticks_that_do_not_go_by_colour_alone(shown: tuple[str, str, dict]):
    _, page, _ = shown
    rows = {row.split('<th scope="row">')[1].split("<")[0]: row for row in page.split("<tr>") if 'scope="row"' in row}
    assert [rows["ann"].count(sign) for sign in "✓○?"] == [5, 0, 0]
    assert [rows["bob"].count(sign) for sign in "✓○?"] == [0, 5, 0]
    assert [rows["eve"].count(sign) for sign in "✓○?"] == [1, 3, 1]
    assert "65%" in rows["ann"] and "2020-01-02" in rows["ann"]
    assert "cannot tell: &lt;b&gt;no&lt;/b&gt; space" in rows["zoe"]
    assert "<b>2 of 4</b> have opened the notebook" in page and "nothing known of 1 of 4" in page


def test_the_page_refreshes_and_needs_nothing_beside_it(shown: tuple[str, str, dict]):
    _, page, _ = shown
    assert '<meta http-equiv="refresh" content="10">' in page
    assert not re.search(r"<(script|link|img|iframe)|url\(|@import|https?://|src=|href=", page)
    assert page.count("<tr>") == page.count("</tr>") == 5


def luminance(colour: str) -> float:
    colour = "".join(digit * 2 for digit in colour) if len(colour) == 3 else colour
    parts = [int(colour[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_what_is_read_stands_out_from_its_ground(scheme: int):
    text = (ROOT / "roles/progress/templates/progress.css").read_text()
    schemes = re.findall(r":root \{([^}]*)\}", text)
    colours = {name: luminance(value) for name, value in re.findall(r"--([\w-]+): #(\w+)", schemes[scheme])}
    for ink, ground in [("ink", "paper"), ("dim", "paper"), ("warn", "paper"), ("done", "paper"), ("on-done", "done")]:
        dark, light = sorted((colours[ink], colours[ground]))
        assert (light + 0.05) / (dark + 0.05) >= 5.5, f"{ink} on {ground}"
