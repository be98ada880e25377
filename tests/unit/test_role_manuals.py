"""`make manuals`, over a small role: what it reads from defaults and tasks, and what it writes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from role_manuals.entry_points import read_entry_points
from role_manuals.inputs import MISSING, ManualError, read_inputs
from role_manuals.readme import BEGIN, END, with_inputs
from role_manuals.specification import specification

DEFAULTS = """\
# A bowl.
---
# Name of the bowl, and
# of its cat. Example: {tom: cat}
bowl_name: "{{ lab_bowl | default('blue') }}"

# Food in it.
# One of: fish, milk
bowl_food: fish

# Ports <a|b>.
# Type: list of int
bowl_ports: "{{ lab_ports | default([]) }}"

# Folder of the bowl.
bowl_folder: "/var/{{ bowl_name }}"

# Its owner.
# Required
# bowl_owner: alice

# Its weight in g, if known.
# bowl_weight: 300
"""
FILES = {
    "defaults/main.yml": DEFAULTS,
    "vars/main.yml": '---\n__bowl_label: "{{ bowl_food }}"\n',
    "tasks/main.yml": """\
# Fills the bowl. Leaves a full one.
---
- name: Fill it
  ansible.builtin.include_tasks: "kinds/{{ bowl_food }}.yml"
- name: Write what only the template reads
  ansible.builtin.template: {src: bowl.j2, dest: "{{ bowl_folder }}"}
""",
    "tasks/kinds/fish.yml": "---\n- name: Serve {{ bowl_ports }}\n",
    "tasks/kinds/milk.yml": "---\n- name: Pour for {{ bowl_owner }}\n",
    "tasks/remove.yml": "# Empties it.\n---\n# not bowl_owner\n- name: Remove {{ __bowl_label }}\n",
    "tasks/inner.yml": "# Called by others.\n---\n- name: Look at {{ bowl_name }}\n",
    "templates/bowl.j2": "{{ bowl_weight }}\n",
    "README.md": f"# bowl\n\n{BEGIN}old\n{END}\nBy hand.\n",
}


@pytest.fixture
def role(tmp_path: Path) -> Path:
    """A role with every kind of input and include."""
    for name, text in FILES.items():
        path = tmp_path / "bowl" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "bowl"


def test_an_input_is_told_by_its_comment_and_default(role: Path):
    inputs = read_inputs(role)
    assert list(inputs) == ["bowl_name", "bowl_food", "bowl_ports", "bowl_folder", "bowl_owner", "bowl_weight"]
    assert inputs["bowl_name"].text == "Name of the bowl, and of its cat. Example: {tom: cat}"
    assert (inputs["bowl_name"].variable, inputs["bowl_name"].fallback) == ("lab_bowl", "blue")
    assert (inputs["bowl_food"].text, inputs["bowl_food"].choices) == ("Food in it.", ("fish", "milk"))
    assert {name: (entry.type, entry.elements) for name, entry in inputs.items()} == {
        "bowl_name": ("str", ""),
        "bowl_food": ("str", ""),
        "bowl_ports": ("list", "int"),
        "bowl_folder": ("path", ""),
        "bowl_owner": ("str", ""),
        "bowl_weight": ("int", ""),
    }
    assert [entry.required for entry in inputs.values()] == [False, False, False, False, True, False]
    assert (inputs["bowl_weight"].default, inputs["bowl_weight"].has_default) == (MISSING, False)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("bowl_size: 3", "bowl_size has no comment of its own"),
        ('# Size.\nbowl_size: "{{ bowl_ports | length }}"', "the default of bowl_size does not tell its type"),
        ("# Sizes.\nbowl_sizes: []", "the default of bowl_sizes does not tell its type"),
        ("# Size.\n# Type: number\nbowl_size: 3", "the default of bowl_size does not tell its type"),
        ("# Size.\n# Required\nbowl_size: 3", "bowl_size is required and has a default"),
    ],
    ids=["comment", "template", "empty list", "unknown type", "required"],
)
def test_an_input_that_is_not_told_wholly_is_refused(role: Path, line: str, said: str):
    (role / "defaults" / "main.yml").write_text(f"{DEFAULTS}\n{line}\n")
    with pytest.raises(ManualError, match=said):
        read_inputs(role)


def test_an_entry_point_reads_what_its_files_templates_and_variables_name(role: Path):
    points = read_entry_points(role, read_inputs(role), set())
    assert {point.name: point.reads for point in points} == {
        "main": ("bowl_name", "bowl_food", "bowl_ports", "bowl_folder", "bowl_owner", "bowl_weight"),
        "inner": ("bowl_name",),
        "remove": ("bowl_food",),
    }


def test_a_task_file_that_others_include_is_an_entry_point_only_where_it_is_called(role: Path):
    include = "- ansible.builtin.include_tasks: inner.yml\n"
    (role / "tasks" / "remove.yml").write_text(FILES["tasks/remove.yml"] + include)
    inputs = read_inputs(role)
    assert [point.name for point in read_entry_points(role, inputs, set())] == ["main", "remove"]
    assert [point.name for point in read_entry_points(role, inputs, {"inner"})] == ["main", "inner", "remove"]


def test_an_input_that_no_task_reads_is_refused(role: Path):
    (role / "templates" / "bowl.j2").write_text("nothing\n")
    with pytest.raises(ManualError, match="no task reads bowl_weight"):
        read_entry_points(role, read_inputs(role), set())


def test_an_entry_point_without_comment_is_refused(role: Path):
    (role / "tasks" / "inner.yml").write_text("---\n- name: Look\n")
    with pytest.raises(ManualError, match=r"inner\.yml has no comment above its first line"):
        read_entry_points(role, read_inputs(role), set())


def test_the_specification_is_ansibles(role: Path):
    inputs = read_inputs(role)
    text = specification(inputs, read_entry_points(role, inputs, set()))
    points = yaml.safe_load(text)["argument_specs"]
    assert points["main"]["short_description"] == "Fills the bowl"
    assert points["main"]["description"] == "Fills the bowl. Leaves a full one."
    assert points["main"]["options"]["bowl_food"] == {
        "description": "Food in it.",
        "type": "str",
        "choices": ["fish", "milk"],
        "default": "fish",
    }
    assert points["main"]["options"]["bowl_owner"] == {"description": "Its owner.", "type": "str", "required": True}
    assert points["main"]["options"]["bowl_ports"]["elements"] == "int"
    assert points["remove"]["options"] == {"bowl_food": points["main"]["options"]["bowl_food"]}


def test_the_readme_gets_its_table_and_keeps_the_rest(role: Path):
    text = with_inputs(role / "README.md", read_inputs(role))
    assert text == (
        f"# bowl\n\n{BEGIN}"
        "| input | meaning | default |\n|---|---|---|\n"
        "| `bowl_name` | Name of the bowl, and of its cat. Example: `{tom: cat}` | `lab_bowl`, else `blue` |\n"
        "| `bowl_food` | Food in it. One of: `fish`, `milk`. | `fish` |\n"
        "| `bowl_ports` | Ports \\<a\\|b>. | `lab_ports`, else `[]` |\n"
        "| `bowl_folder` | Folder of the bowl. | `/var/{{ bowl_name }}` |\n"
        "| `bowl_owner` | Its owner. | must be set |\n"
        "| `bowl_weight` | Its weight in g, if known. | none |\n"
        f"{END}\nBy hand.\n"
    )


@pytest.mark.parametrize("text", ["# bowl\n", None])
def test_a_readme_without_a_place_for_the_table_is_refused(role: Path, text: str | None):
    (role / "README.md").unlink(missing_ok=True)
    if text:
        (role / "README.md").write_text(text)
    with pytest.raises(ManualError, match="has no place for its inputs"):
        with_inputs(role / "README.md", read_inputs(role))
