"""What the callback lab_progress prints, seen through ansible-playbook itself on a project of three small roles."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest
from support.small_project import COLLECTIONS, PLAYBOOK, environment, play, write_files

FILES = {
    "ansible.cfg": f"""
[defaults]
collections_path = {COLLECTIONS}
stdout_callback = catdog.lab.lab_progress
home = .ansible
inventory = hosts
[callback_lab_progress]
heartbeat = 1
""",
    "hosts": """
here
[class]
student[1:5]
[all:vars]
ansible_connection=local
ansible_python_interpreter={{ansible_playbook_python}}
""",
    "roles/first/tasks/main.yml": """
- name: Change something
  ansible.builtin.command: "true"
- name: Include another role
  ansible.builtin.include_role: {name: inner}
""",
    "roles/inner/tasks/main.yml": """
- name: Take long
  ansible.builtin.shell: echo "Kafka one is $(printf '%0200d') long" >"$CATDOG_LAB_PROGRESS_NOTES/$$"; sleep 2.5
  changed_when: false
""",
    "roles/image/tasks/main.yml": """
- name: Say
  ansible.builtin.debug:
    msg: ["image {{ image_name }}", "is built"]
""",
    "roles/last/tasks/main.yml": """
- name: Mend
  block:
    - name: Break
      ansible.builtin.command: "false"
  rescue:
    - name: Go on
      ansible.builtin.debug: {msg: mended}
- name: Warn
  ansible.builtin.command: "true"
  changed_when: false
""",
    "roles/last/tasks/verify.yml": """
- name: Fail for good
  ansible.builtin.shell: "echo to-stdout; echo to-stderr >&2; exit 3"
- name: Never
  ansible.builtin.debug: {msg: never}
""",
    "roles/last/tasks/hide.yml": """
- name: Keep a secret
  ansible.builtin.command: "false hunter2"
  no_log: true
""",
    "site.yml": """
- name: First play
  hosts: here
  gather_facts: true
  gather_subset: [min]
  roles:
    - {role: first, tags: [first]}
    - {role: image, tags: [image], vars: {image_name: kafka}}
    - {role: image, tags: [image], vars: {image_name: notebook}}
- name: Second play
  hosts: here
  gather_facts: false
  roles:
    - {role: last, tags: [last]}
""",
    "verify.yml": """
- name: Verification
  hosts: here
  gather_facts: false
  tasks:
    - name: Announce
      ansible.builtin.debug: {msg: starting}
    - name: Verify
      ansible.builtin.include_role: {name: last, tasks_from: verify}
""",
    "waves.yml": """
- name: Before
  hosts: here
  gather_facts: false
  roles: [image]
- name: In waves
  hosts: class
  gather_facts: false
  serial: "{{ size | default(2) }}"
  roles: [image]
  tasks:
    - name: Say more
      ansible.builtin.debug: {msg: more}
""",
    "wait.yml": """
- name: Waiting
  hosts: here
  gather_facts: false
  tasks:
    - name: Announce
      ansible.builtin.debug: {msg: starting}
    - name: Wait
      ansible.builtin.include_role: {name: wait}
""",
    "roles/wait/tasks/main.yml": """
- name: Wait for somebody
  ansible.builtin.command: sh -c "echo >began; exec sleep 600"
""",
    "hide.yml": """
- name: Secrets
  hosts: here
  gather_facts: false
  roles: [{role: inner, tags: [never]}]
  tasks:
    - name: Hide
      ansible.builtin.include_role: {name: last, tasks_from: hide}
""",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    return write_files(tmp_path_factory.mktemp("project"), FILES)


def interrupt(project: Path, number: signal.Signals, *arguments: str, **variables: str) -> str:
    """What a run that waits says when its process group, a terminal's foreground, gets a signal."""
    (project / "began").unlink(missing_ok=True)
    os.mkfifo(project / "began")
    with subprocess.Popen(
        [PLAYBOOK, *arguments, "wait.yml"],
        cwd=project,
        env=environment(project, **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    ) as process:
        (project / "began").read_text()
        os.killpg(process.pid, number)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == {signal.SIGINT: 99, signal.SIGTERM: -signal.SIGTERM}[number]
    return said


@pytest.fixture(scope="module")
def whole(project: Path) -> str:
    result = play(project, "site.yml")
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def steps(output: str) -> list[str]:
    """The lines of steps without their time."""
    return [line.split("  ")[0] + line.partition("]")[2] for line in output.splitlines() if line.startswith("[")]


def test_a_line_for_every_role_that_the_plays_name(whole: str):
    assert steps(whole) == ["[1/4 first", "[2/4 image (kafka)", "[3/4 image (notebook)", "[4/4 last"]


def test_a_task_that_takes_long_gives_signs_of_life(whole: str):
    assert re.search(r"still at: inner : Take long \(\d\d:\d\d\)\n +Kafka one is 0+…\n", whole)


def test_debug_messages_are_plain_lines(whole: str):
    assert "image kafka\nis built\n" in whole


def test_a_failure_that_is_rescued_is_told_as_such(whole: str):
    assert "Failed, and what follows deals with it: here, step 4/4, last" in whole
    assert "FAILED" not in whole
    assert "try again" not in whole


def test_the_end_counts_what_changed(whole: str):
    assert "with changes: first 1" in whole
    assert "here: ok=8 changed=1 failed=0 skipped=0" in whole


def test_tags_leave_the_steps_that_they_select(project: Path):
    result = play(project, "site.yml", "--tags", "image")
    assert steps(result.stdout) == ["[1/2 image (kafka)", "[2/2 image (notebook)"]


def test_a_failure_is_shown_in_full_with_the_way_to_try_again(project: Path):
    result = play(project, "verify.yml")
    assert result.returncode != 0
    assert steps(result.stdout) == ["[1/2 Verification", "[2/2 last (verify)"]
    assert re.search(r"FAILED: here, step 2/2, last \(verify\), after \d\d:\d\d$", result.stdout, re.MULTILINE)
    for expected in (
        "task: last : Fail for good (roles/last/tasks/verify.yml:2)",
        "to-stdout",
        "to-stderr",
        "try again: ansible-playbook verify.yml",
        "changed=0 failed=1",
    ):
        assert expected in result.stdout


def test_a_secret_is_never_printed(project: Path):
    result = play(project, "hide.yml")
    assert result.returncode != 0
    assert "FAILED" in result.stdout
    assert "hunter2" not in result.stdout + result.stderr


def test_verbose_output_is_the_usual_one(project: Path):
    output = play(project, "site.yml", "--tags", "image", "-v").stdout
    assert "TASK [image : Say]" in output
    assert "PLAY RECAP" in output


def test_waves_are_named_and_their_steps_go_on(project: Path):
    result = play(project, "waves.yml", "-e", "image_name=x")
    assert steps(result.stdout) == [
        "[1/7 image",
        "[2/7 wave 1/3 student1…student2 image",
        "[3/7 wave 1/3 student1…student2 In waves",
        "[4/7 wave 2/3 student3…student4 image",
        "[5/7 wave 2/3 student3…student4 In waves",
        "[6/7 wave 3/3 student5 image",
        "[7/7 wave 3/3 student5 In waves",
    ]
    assert "waves: 7 steps in" in result.stdout


def test_one_wave_of_all_is_not_named_and_hosts_outside_the_limit_are_not_counted(project: Path):
    result = play(project, "waves.yml", "-e", "image_name=x size=100%", "--limit", "class")
    assert steps(result.stdout) == ["[1/2 image", "[2/2 In waves"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--tags", "nosuch"], "no part of site.yml has the tag nosuch (those that it has: first, image, last)."),
        (["--tags", "image,nosuch", "-v"], "no part of site.yml has the tag nosuch"),
        (
            ["--limit", "here,nosuch*"],
            "no host is meant by nosuch* of --limit (those of the inventory: here, student1,",
        ),
        (["-e", "image_nmae=x"], "nothing reads the variable image_nmae. Is image_name meant?"),
        (["--limit", "student1"], "--limit student1 leaves no step of site.yml."),
        (["--limit", "student1", "--tags", "image"], "--limit student1 and --tags image leave no step of site.yml."),
    ],
)
def test_what_was_asked_in_vain_is_told_and_nothing_run(project: Path, arguments: list[str], said: str):
    result = play(project, "site.yml", *arguments)
    assert result.returncode == 5
    assert f"Nothing is run: {said}" in result.stderr
    assert steps(result.stdout) == []
    assert "TASK" not in result.stdout


def test_a_limit_that_means_no_host_at_all_is_an_error(project: Path):
    result = play(project, "site.yml", "--limit", "nosuch")
    assert result.returncode == 1
    assert "nosuch" in result.stderr


def test_the_way_to_try_again_repeats_what_was_asked_but_no_secret(project: Path):
    given = ["--limit", "here", "-e", "colour=dark red", "--extra-vars", "api_token=hunter2"]
    output = play(project, "verify.yml", *given).stdout
    assert (
        "try again: ansible-playbook verify.yml --limit here -e 'colour=dark red' --extra-vars 'api_token=…'\n"
        in output
    )
    assert "hunter2" not in output


def test_what_make_ran_is_tried_again_by_make(project: Path):
    arguments = ["--inventory", "hosts", "verify.yml", "-e", "colour=dark red"]
    output = play(project, *arguments, LAB_PROGRESS_VERB="verify").stdout
    assert """try again: make verify INVENTORY=hosts ARGS='-e '"'"'colour=dark red'"'"''\n""" in output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_says_where_and_how_it_goes_on(project: Path, number: signal.Signals):
    given = ["--inventory", "hosts", "-e", "api_token=hunter2"]
    said = interrupt(project, number, *given, LAB_PROGRESS_VERB="lab")
    last = said[said.index("Interrupted: ") :].splitlines()
    assert re.fullmatch(r"Interrupted: step 2/2, wait, after \d\d:\d\d", last[0])
    assert last[1:] == [
        "  task: wait : Wait for somebody",
        """  go on: make lab INVENTORY=hosts ARGS='-e '"'"'api_token=…'"'"''""",
        "  (… stands for a secret that was given)",
    ]
    assert "hunter2" not in said


def test_an_interrupted_run_with_the_usual_output_says_how_it_goes_on(project: Path):
    said = interrupt(project, signal.SIGINT, "-v")
    assert re.search(r"\nInterrupted: after \d\d:\d\d\n  go on: ansible-playbook -v wait.yml\n$", said)
