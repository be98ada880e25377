"""Keeps what a run does for each attendee: see DOCUMENTATION.

It uses attributes that Ansible keeps to itself, and so fits the ansible-core of the locked ansible only (locks/).
"""

from __future__ import annotations

import atexit
import os
import sys
import time
from pathlib import Path

from ansible import context
from ansible.playbook.role_include import IncludeRole
from ansible.plugins.callback import CallbackBase
from ansible.template import Templar

from ansible_collections.catdog.lab.plugins.module_utils.failure_text import failure_text
from ansible_collections.catdog.lab.plugins.plugin_utils.class_record import ClassRecord, Row
from ansible_collections.catdog.lab.plugins.plugin_utils.command_line import again
from ansible_collections.catdog.lab.plugins.plugin_utils.progress_plan import ends_its_lab, outermost_role, role_label
from ansible_collections.catdog.lab.plugins.plugin_utils.webhook import Webhook

DOCUMENTATION = """
name: class_record
type: aggregate
short_description: what was done for each attendee, kept in files
description:
  - Keeps class.json, class.csv and class.html in the folder C(lab_reports_dir) up to date while a playbook works on
    hosts of the group C(attendees), also when it fails or is interrupted.
  - Tells the address C(lab_webhook) of what happens, as JSON (started, attendee, done); one that does not answer stops
    nothing.
  - Leaves the names of those whose lab is not ready in O(unready), for C(make retry).
  - Says nothing, and keeps nothing of check mode and of runs of some tags only.
options:
  unready:
    description: File with the names of those whose lab is not ready; there is none if all are.
    type: path
    default: .ansible/unready
    env: [{name: CATDOG_LAB_UNREADY}]
"""

GROUP = "attendees"
# By the playbook: what a lab is after it.
ENDS = {"site": "ready", "verify": "ready", "reset": "ready", "teardown": "removed"}


class CallbackModule(CallbackBase):
    """The callback; see DOCUMENTATION."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "class_record"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._record: ClassRecord | None = None
        self._webhook = Webhook("")
        self._begun: set[str] = set()  # attendees of this run
        self._at_work: list[Row] = []
        self._end = self._play_name = ""
        self._process = os.getpid()
        self._starts: dict[str, float] = {}
        self._last_written = 0.0

    # --- waves ---------------------------------------------------------------------------------------------------

    def v2_playbook_on_play_start(self, play) -> None:
        """Begins the rows of a wave, after those of the one before it have ended."""
        self._end_wave()
        manager = play.get_variable_manager()
        inventory = manager._inventory
        playbook = Path(str(play.get_path()).rpartition(":")[0]).stem
        if (
            playbook not in ENDS
            or context.CLIARGS.get("check")
            or list(context.CLIARGS.get("tags") or ["all"]) != ["all"]
        ):
            return
        group = [host.name for host in inventory.groups[GROUP].get_hosts()] if GROUP in inventory.groups else []
        hosts = [host for host in inventory.get_hosts(play.hosts) if host.name in group]
        if not hosts:
            return
        if self._record is None:
            variables = manager.get_vars(play=play, host=hosts[0])
            templar = Templar(loader=play.get_loader(), variables=variables)
            self._record = ClassRecord(Path(templar.template(variables.get("lab_reports_dir", "reports"))), group)
            # Those within the limit on the command line, whatever wave is at work.
            run = [host.name for host in inventory.get_hosts(GROUP, ignore_restrictions=True)]
            self._record.begin(run)
            self._webhook = Webhook(templar.template(variables.get("lab_webhook") or ""))
            self._webhook.tell({"event": "started", "playbook": playbook, "attendees": run})
            atexit.register(self._interrupted)
        self._end, self._play_name = ENDS[playbook], play.get_name()
        self._at_work = [self._record.rows[host.name] for host in hosts if host.name not in self._begun]
        self._begun.update(row.name for row in self._at_work)
        for row in self._at_work:
            row.turn("running")
        self._write()

    def _end_wave(self) -> None:
        for row in self._at_work:
            if row.state == "running":
                row.turn(self._end, step="")
                self._tell(row)
        self._at_work = []

    def _tell(self, row: Row) -> None:
        told = {"event": "attendee", "attendee": row.name, "state": row.state}
        self._webhook.tell(told | {"step": row.step, "task": row.task, "reason": row.reason})

    # --- steps ---------------------------------------------------------------------------------------------------

    def v2_runner_on_start(self, host, task) -> None:
        """Begins the time of a task; a step that begins is written at once, as its first task may take minutes."""
        self._starts[host.get_name()] = time.monotonic()
        row, step = self._row(host), self._step(task)
        if row and step and step != row.step:
            row.step = step
            self._write()

    def v2_runner_on_ok(self, result) -> None:
        """Ends it."""
        self._add(result)

    def v2_runner_on_skipped(self, result) -> None:
        """Ends it."""
        self._add(result)

    def v2_runner_on_failed(self, result, ignore_errors: bool = False) -> None:
        """Ends it, and the attendee's lab with it where nothing deals with the failure."""
        row = self._add(result)
        if row and not ignore_errors and ends_its_lab(result.task):
            for failed in self._at_work if result.task.run_once else [row]:
                self._fail(failed, result)

    def v2_runner_on_unreachable(self, result) -> None:
        """The same."""
        if row := self._add(result):
            self._fail(row, result)

    def _row(self, host) -> Row | None:
        return next((row for row in self._at_work if row.name == host.get_name() and row.state == "running"), None)

    def _step(self, task) -> str:
        role = outermost_role(task)
        if role is None and isinstance(task, IncludeRole):
            return ""  # none yet: the role's own tasks follow
        return role_label(role) if role else self._play_name

    def _add(self, result) -> Row | None:
        row, step = self._row(result.host), self._step(result.task)
        if row is None or not step:
            return row
        now = time.monotonic()
        seconds = now - self._starts.get(row.name, now)
        row.steps[step] = round(row.steps.get(step, 0) + seconds, 2)
        if now - self._last_written > 1:
            self._write()
        return row

    def _fail(self, row: Row, result) -> None:
        values = result.result
        reason = str(values["censored"]) if "censored" in values else failure_text(values)
        verb = os.environ.get("LAB_PROGRESS_VERB", "")
        retry = again(sys.argv, context.CLIARGS["args"], verb, only_host=row.name)
        row.turn("failed", task=result.task.get_name(), reason=reason, retry=retry)
        self._tell(row)
        self._write()

    # --- the end -------------------------------------------------------------------------------------------------

    def v2_playbook_on_stats(self, stats) -> None:
        """Ends the last wave."""
        self._end_wave()
        self._write()
        self._done("done")

    def _done(self, event: str) -> None:
        if self._record is not None:
            states = {row.name: row.state for row in self._record.rows.values()}
            self._webhook.tell({"event": event, "attendees": states})
            if lost := self._webhook.end():
                self._display.warning(f"lab_webhook did not take {lost} event(s).")

    def _interrupted(self) -> None:
        """What is not ended when the process ends was interrupted."""
        if os.getpid() != self._process:
            return
        for row in self._at_work:
            if row.state == "running":
                row.turn("interrupted")
        if self._at_work:
            self._at_work = []
            self._write()
            self._done("interrupted")

    def _write(self) -> None:
        if self._record is None:
            return
        self._last_written = time.monotonic()
        unready, names = Path(self.get_option("unready")), self._record.not_done()
        try:
            self._record.write()
            if names:
                unready.parent.mkdir(parents=True, exist_ok=True)
                unready.write_text("\n".join(names) + "\n")
            else:
                unready.unlink(missing_ok=True)
        except OSError as error:
            self._display.warning(f"The record of the class cannot be written: {error}")
            self._record = None
