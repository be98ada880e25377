"""What is kept of a class while playbooks run, seen through ansible-playbook itself on a class of four."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from support.small_project import COLLECTIONS, PLAYBOOK, environment, play, write_files

PLAY = """
- name: Prepare each
  hosts: attendees
  gather_facts: false
  serial: 2
  tasks:
    - name: Go on with the others
      block:
        - {name: Do nothing, ansible.builtin.include_role: {name: nothing}}
        - {name: Make, ansible.builtin.import_role: {name: make}, tags: [make]}
        - {name: Verify, ansible.builtin.include_role: {name: verify}}
      rescue:
        - {name: Remember, ansible.builtin.set_fact: {why: "{{ ansible_failed_task.name }}"}}
- name: Tell
  hosts: attendees
  gather_facts: false
  tasks:
    - {name: Fail, ansible.builtin.fail: {msg: "{{ why }}"}, when: why is defined}
"""
FILES = {
    "ansible.cfg": f"""
[defaults]
collections_path = {COLLECTIONS}
stdout_callback = catdog.lab.lab_progress
callbacks_enabled = catdog.lab.class_record
home = .ansible
inventory = hosts.yml
roles_path = roles
""",
    "hosts.yml": """
all:
  vars:
    ansible_connection: local
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
    lab_reports_dir: "{{ inventory_dir }}/kept"
    broken: []
    wrong: []
    lab_webhook: ""
attendees: {hosts: {ada: , bo: , cy: , di: }}
cluster: {hosts: {here: }}
""",
    "roles/nothing/tasks/main.yml": "[]",
    "roles/make/tasks/main.yml": """
- name: Mend what is rescued inside
  block:
    - {name: Break, ansible.builtin.command: "false"}
  rescue:
    - {name: Mend, ansible.builtin.debug: {msg: mended}}
- name: Make it
  ansible.builtin.command: "{{ 'false' if inventory_hostname in broken else 'true' }}"
- name: Wait for somebody
  ansible.builtin.wait_for: {path: "{{ inventory_dir }}/never"}
  when: held | default(false) | bool
""",
    "roles/verify/tasks/main.yml": """
- name: Verify it
  ansible.builtin.command: "{{ 'false' if inventory_hostname in wrong else 'true' }}"
""",
    "playbooks/site.yml": PLAY,
    "playbooks/status.yml": PLAY,
    "playbooks/teardown.yml": PLAY,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_files(tmp_path, FILES)


def run(project: Path, playbook: str, *arguments: str) -> subprocess.CompletedProcess:
    return play(project, f"playbooks/{playbook}.yml", *arguments)


def rows(project: Path) -> dict[str, dict]:
    return {row["name"]: row for row in json.loads((project / "kept/class.json").read_text())["attendees"]}


def states(project: Path) -> list[str]:
    return [row["state"] for row in rows(project).values()]


def unready(project: Path) -> list[str]:
    path = project / ".ansible/unready"
    return path.read_text().split() if path.exists() else []


@pytest.fixture
def hook() -> Iterator[tuple[str, list[dict]]]:
    """The address of a webhook, and what it was told; it takes nothing at the first try."""
    told, refused = [], set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.send_response(200 if body in refused else 503)
            self.end_headers()
            if body in refused:
                told.append(json.loads(body))
            refused.add(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/class", told
    server.shutdown()
    thread.join()
    server.server_close()


def look_at_table_and_page(folder: Path) -> None:
    with (folder / "class.csv").open() as file:
        assert [row["state"] for row in csv.DictReader(file)] == ["failed", "failed", "ready", "ready"]
    page = (folder / "class.html").read_text()
    assert "<h1>2 of 4 done</h1>" in page
    assert "--limit bo" in page
    assert 'http-equiv="refresh"' not in page
    assert sorted(path.name for path in folder.iterdir()) == ["class.csv", "class.html", "class.json"]


VERIFICATION = {
    "started": "2026-11-29T10:00:00Z",
    "right": 1,
    "count": 2,
    "pictures": [
        {"label": "cat", "answers": [{"model": "poor", "label": "dog", "confidence": 0.613}]},
        {"label": "dog", "answers": []},
        {"label": "dog", "answers": []},
    ],
}
PROBES = [{"ok": True, "said": "listing nodes: refused"}, {"ok": False, "said": "reading <Secrets>: allowed"}]


def test_who_is_ready_is_shown_with_what_the_own_reports_say(project: Path):
    for name, content in {
        "lab.json": {"notebook": "https://127.0.0.1:30080", "kafka": "127.0.0.1:30092", "topic": "rhte", "user": "cy"},
        "verification.json": VERIFICATION,
        "thumbnails.json": ["data:image/jpeg;base64,Y2F0", ""],
        "isolation.json": {"probes": PROBES},
    }.items():
        for attendee in ("bo", "cy"):
            (project / "kept" / attendee).mkdir(parents=True, exist_ok=True)
            (project / "kept" / attendee / name).write_text(json.dumps(content))
    (project / "kept" / "di").mkdir()
    (project / "kept" / "di" / "verification.json").write_text('{"pictures": [')  # not whole
    assert run(project, "site", "-e", '{"broken": ["bo"]}').returncode == 2
    kept = rows(project)
    assert kept["bo"]["reports"] == {}
    assert kept["cy"]["reports"]["broken_out"] == ["reading <Secrets>: allowed"]
    assert kept["cy"]["reports"]["pictures"] == [
        {"label": "cat", "answers": {"poor": ["dog", 0.613]}},
        {"label": "dog", "answers": {}},
    ]
    assert kept["di"]["reports"]["pictures"] == []
    page = (project / "kept" / "class.html").read_text()
    assert page.count('<img src="data:image/jpeg;base64,Y2F0" alt="cat">') == 1
    assert 'poorly trained: <span class="bad">dog 61 %</span>' in page
    assert "1 of 2 attempts ended as they must" in page
    assert "reading &lt;Secrets&gt;: allowed" in page
    assert '<a href="https://127.0.0.1:30080">' in page
    with (project / "kept" / "class.csv").open() as file:
        told = {row["name"]: row for row in csv.DictReader(file)}
    assert (told["cy"]["kafka"], told["cy"]["probes"], told["bo"]["kafka"]) == ("127.0.0.1:30092", "2", "")


def look_at_events(told: list[dict]) -> None:
    assert {"event": "started", "playbook": "site", "attendees": ["ada", "bo", "cy", "di"]} in told
    states = {"ada": "failed", "bo": "failed", "cy": "ready", "di": "ready"}
    assert {event["attendee"]: event["state"] for event in told if event["event"] == "attendee"} == states
    assert {"event": "done", "attendees": states} in told
    assert len(told) == 6


def test_a_wave_that_fails_as_a_whole_leaves_the_others_and_is_served_alone(project: Path, hook):
    url, told = hook
    with (project / "hosts.yml").open("a") as hosts:
        hosts.write(f"tellers: {{children: {{attendees: }}, vars: {{lab_webhook: {url}}}}}\n")
    broken = run(project, "site", "-e", "{broken: [ada], wrong: [bo]}")
    assert broken.returncode == 2, broken.stdout + broken.stderr
    again = "ansible-playbook playbooks/site.yml -e '{broken: [ada], wrong: [bo]}' --limit ada"
    look_at_events(told)
    assert f"try again: {again}\n" in broken.stdout
    assert states(project) == ["failed", "failed", "ready", "ready"]
    assert unready(project) == ["ada", "bo"]
    assert rows(project)["bo"]["task"] == "verify : Verify it"
    row = rows(project)["ada"]
    assert (row["step"], row["task"]) == ("make", "make : Make it")
    assert "non-zero return code" in row["reason"]
    assert row["retry"].endswith("--limit ada")
    assert set(rows(project)["cy"]["steps"]) == {"make", "verify"}
    look_at_table_and_page(project / "kept")

    earlier = rows(project)["cy"]
    mended = run(project, "site", "--limit", "@.ansible/unready")
    assert mended.returncode == 0, mended.stdout + mended.stderr
    assert "cy" not in mended.stdout
    assert states(project) == ["ready"] * 4
    assert rows(project)["cy"] == earlier
    assert unready(project) == []

    run(project, "teardown", "--limit", "di")
    assert states(project) == ["ready", "ready", "ready", "removed"]
    assert unready(project) == []


def test_an_interrupted_run_is_kept_as_such(project: Path):
    process = subprocess.Popen(
        [PLAYBOOK, "playbooks/site.yml", "-e", "held=true"],
        cwd=project,
        env=environment(project),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    end = time.monotonic() + 60
    while not (project / "kept/class.json").exists() or rows(project)["bo"]["step"] != "make":
        assert time.monotonic() < end, "the run has not begun"
        time.sleep(0.2)
    assert 'http-equiv="refresh"' in (project / "kept/class.html").read_text()
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=60)[0]
    assert states(project) == ["interrupted", "interrupted", "waiting", "waiting"], said
    assert unready(project) == ["ada", "bo", "cy", "di"]


@pytest.mark.parametrize("arguments", [["status"], ["site", "--check"], ["site", "--tags", "make"]])
def test_what_serves_nobody_is_not_kept(project: Path, arguments: list[str]):
    run(project, *arguments)
    assert not (project / "kept").exists()


def test_a_webhook_that_does_not_answer_stops_nothing(project: Path):
    result = run(project, "site", "-e", "lab_webhook=http://127.0.0.1:9/class", "--limit", "di")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "lab_webhook did not take 3 event(s)." in result.stdout + result.stderr
