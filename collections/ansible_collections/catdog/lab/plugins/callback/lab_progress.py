"""Tells an instructor where a long playbook is: one line a step, a sign of life, failures in words, a short recap.

It uses attributes that Ansible keeps to itself, and so fits the ansible-core of the locked ansible only (locks/).
"""

from __future__ import annotations

import functools
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from ansible import constants as C  # noqa: N812 - the name that all of Ansible uses
from ansible import context
from ansible.errors import ExitCode
from ansible.playbook.role_include import IncludeRole
from ansible.plugins.callback.default import CallbackModule as Default

from ansible_collections.catdog.lab.plugins.module_utils.progress_note import FOLDER, present
from ansible_collections.catdog.lab.plugins.plugin_utils.command_line import HIDDEN, again
from ansible_collections.catdog.lab.plugins.plugin_utils.extra_variables import unread
from ansible_collections.catdog.lab.plugins.plugin_utils.interruption import Interruption
from ansible_collections.catdog.lab.plugins.plugin_utils.progress_plan import (
    PlayPlan,
    asked_in_vain,
    ends_its_lab,
    is_gathering,
    outermost_role,
    plan_plays,
    role_label,
)
from ansible_collections.catdog.lab.plugins.plugin_utils.progress_summary import clock, summary

DOCUMENTATION = """
name: lab_progress
type: stdout
short_description: one line a step, with elapsed time
description:
  - A step is a role that a play names or includes; the tasks of a play outside of any role make one step together.
  - Every line starts with the number of the step, how many there are, the wave of hosts where a play has C(serial),
    and the time since the start.
  - A task that takes long shows its name and its own time every O(heartbeat) seconds, and what its modules wait for.
  - Warnings and messages of M(ansible.builtin.debug) are shown; failures in full, with the command that tries again.
  - A run that is interrupted says at which step, and which command goes on.
  - A tag, a part of the limit or a variable that meets nothing ends the run before it begins, with exit status 5.
  - With C(-v) the output is that of P(ansible.builtin.default#callback).
extends_documentation_fragment:
  - default_callback
  - result_format_callback
options:
  heartbeat:
    description: Seconds between two signs of life of a task that takes long.
    type: int
    default: 30
    env: [{name: LAB_PROGRESS_HEARTBEAT}]
    ini: [{section: callback_lab_progress, key: heartbeat}]
  show_changed:
    description: Name every task that changed something (as Molecule reads it).
    type: bool
    default: false
    env: [{name: LAB_PROGRESS_CHANGED}]
  verb:
    description: The target of make that runs the playbook, which then is the command that tries again. Empty, none.
    type: str
    default: ""
    env: [{name: LAB_PROGRESS_VERB}]
"""

# What a failed result may hold beside `msg`, in the order in which it helps.
DETAILS = ("stderr", "module_stderr", "stdout", "module_stdout")
HIDDEN_NOTE = f"({HIDDEN} stands for a secret that was given)"
# Of what modules wait for: notes shown at once, and the characters of each.
MOST_NOTES, NOTE_LENGTH = 3, 200


def unless_plain(method: Callable) -> Callable:
    """With -v, have Ansible's own method of the name print instead."""

    @functools.wraps(method)
    def chosen(self, *arguments, **options) -> None:
        own = getattr(super(CallbackModule, self), method.__name__)
        return own(*arguments, **options) if self._plain else method(self, *arguments, **options)

    return chosen


class CallbackModule(Default):
    """The stdout callback; see DOCUMENTATION."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "lab_progress"

    def __init__(self) -> None:
        super().__init__()
        self._started = time.monotonic()
        self._steps: list[dict] = []
        self._plans: dict[str, PlayPlan] = {}
        self._wave = ""
        self._has_others = False  # whether the play has more than one host
        self._position = self._total = 0
        self._step_key: object = None
        self._include: object = None
        self._own_step_begun = False  # whether the play's own tasks have had their line
        self._task = ""
        self._task_started = self._last_sign = self._started
        self._playbook = ""
        self._interruption: Interruption | None = None

    # --- lines ---------------------------------------------------------------------------------------------------

    @property
    def _plain(self) -> bool:
        return self._display.verbosity > 0

    def _say(self, text: str, color: str | None = None, **options) -> None:
        self._last_sign = time.monotonic()
        self._display.display(text, color=color, **options)

    def _heart(self) -> None:
        """Writes signs of life until the process ends. Takes no lock that a forked worker could inherit."""
        heartbeat = self.get_option("heartbeat")
        while True:
            time.sleep(1)
            now = time.monotonic()
            if self._task and now - max(self._last_sign, self._task_started) >= heartbeat:
                self._last_sign = now
                lines = [f"still at: {self._task} ({clock(now - self._task_started)})", *self._notes()]
                os.write(1, "".join(f"{'':15} {line}\n" for line in lines).encode())

    def _notes(self) -> list[str]:
        """What the modules at work say that they wait for, cut to what one takes in at a glance."""
        notes = [f"  {note[:NOTE_LENGTH]}{'…' if len(note) > NOTE_LENGTH else ''}" for note in present(self._folder)]
        more = [f"  and {len(notes) - MOST_NOTES} more"] if len(notes) > MOST_NOTES else []
        return notes[:MOST_NOTES] + more

    # --- plan and steps ------------------------------------------------------------------------------------------

    def v2_playbook_on_start(self, playbook) -> None:
        super().v2_playbook_on_start(playbook)
        self._playbook = os.path.relpath(playbook._file_name)
        plays = playbook.get_plays()
        plans = plan_plays(plays, self._total)
        extra, inventories = plays[0].get_variable_manager().extra_vars, context.CLIARGS["inventory"] or ()
        in_vain = asked_in_vain(plays, plans, self._playbook)
        if complaint := in_vain or unread(extra, Path(playbook._file_name).resolve(), inventories):
            self._say(f"Nothing is run: {complaint}", C.COLOR_ERROR, stderr=True)
            raise SystemExit(int(ExitCode.INVALID_CLI_OPTION))  # of a callback's errors Ansible makes warnings
        self._interruption = self._interruption or Interruption(self._interrupted)
        self._interruption.is_told = True
        if self._plain:
            return
        self._plans |= plans
        self._total = max([self._total] + [plan.after for plan in plans.values()])
        if context.CLIARGS.get("check"):
            self._say("Check mode: nothing is changed, the lines below say what would be.")
        self._folder = os.environ[FOLDER] = tempfile.mkdtemp(dir=C.DEFAULT_LOCAL_TMP)  # Ansible removes it in the end
        threading.Thread(target=self._heart, daemon=True).start()

    @unless_plain
    def v2_playbook_on_play_start(self, play) -> None:
        self._play, self._step_key, self._include = play, None, None
        self._own_step_begun, self._wave, self._has_others = False, "", False
        if plan := self._plans.get(play._uuid):
            self._position = plan.begin_wave()
            self._wave, self._has_others = plan.wave, sum(map(len, plan.waves)) > 1

    @unless_plain
    def v2_playbook_on_task_start(self, task, is_conditional: bool) -> None:
        role = outermost_role(task)
        self._task, self._task_started = task.get_name().strip(), time.monotonic()
        if isinstance(task, IncludeRole) and role is None:
            self._include = task._uuid  # its step begins with the role's first task, which knows the role
        elif role is not None:
            self._begin_step(id(role) if self._include is None else self._include, role_label(role))
        elif task.action not in C._ACTION_META and not (self._step_key is None and is_gathering(task)):
            self._begin_step(id(self._play), self._play.get_name().strip())

    def _begin_step(self, key: object, label: str) -> None:
        is_own = key == id(self._play)
        if key == self._step_key or (is_own and self._own_step_begun):
            return
        self._step_key = key
        self._own_step_begun = self._own_step_begun or is_own
        self._position += 1
        self._total = max(self._total, self._position)
        now = time.monotonic() - self._started
        self._steps.append({"label": label, "start": now, "changed": 0})
        width = len(str(self._total))
        wave = f" {self._wave}" if self._wave else ""
        self._say(f"[{self._position:>{width}}/{self._total}{wave}  {clock(now)}] {label}", C.COLOR_HIGHLIGHT)

    @unless_plain
    def v2_playbook_on_handler_task_start(self, task) -> None:
        self._task, self._task_started = task.get_name().strip(), time.monotonic()

    def v2_playbook_on_cleanup_task_start(self, task) -> None:
        self.v2_playbook_on_task_start(task, False)

    @unless_plain
    def v2_playbook_on_include(self, included_file) -> None:
        """Silent."""

    # --- results -------------------------------------------------------------------------------------------------

    @unless_plain
    def v2_runner_on_ok(self, result) -> None:
        self._handle_warnings(result.result)
        if result.result.get("changed") and self._steps:
            self._steps[-1]["changed"] += 1
            if self.get_option("show_changed"):
                self._say(f"TASK [{result.task.get_name()}]\nchanged: [{self.host_label(result)}]", C.COLOR_CHANGED)
        if result.task.action in C._ACTION_DEBUG and not result.task.loop and "msg" in result.result:
            message = result.result["msg"]
            self._say("\n".join(map(str, message)) if isinstance(message, list) else str(message))

    @unless_plain
    def v2_runner_item_on_ok(self, result) -> None:
        self._handle_warnings(result.result)
        if result.task.action in C._ACTION_DEBUG and "msg" in result.result:
            self._say(str(result.result["msg"]))

    @unless_plain
    def v2_runner_on_skipped(self, result) -> None:
        return self._handle_warnings(result.result)

    @unless_plain
    def v2_runner_item_on_skipped(self, result) -> None:
        """Silent."""

    @unless_plain
    def v2_runner_item_on_failed(self, result) -> None:
        self._handle_warnings(result.result)
        return self._tell_failure(result, f"Failed for {self._get_item_label(result.result)}")

    @unless_plain
    def v2_runner_on_failed(self, result, ignore_errors: bool = False) -> None:
        self._handle_warnings(result.result)
        if ignore_errors:
            return self._say(f"{'':15} not counted: {result.task.get_name()}: {result.result.get('msg', '')}")
        if not ends_its_lab(result.task):
            return self._tell_failure(result, "Failed, and what follows deals with it")
        self._tell_failure(result, "FAILED")
        return self._tell_retry(result)

    @unless_plain
    def v2_runner_on_unreachable(self, result) -> None:
        self._handle_warnings(result.result)
        self._tell_failure(result, "FAILED, host not reached")
        return self._tell_retry(result)

    def _where(self) -> str:
        step = f"step {self._position}/{self._total}, {self._steps[-1]['label']}, " if self._steps else ""
        return f"{step}after {clock(time.monotonic() - self._started)}"

    def _tell_failure(self, result, title: str) -> None:
        lines = [
            f"{title}: {self.host_label(result)}, {self._where()}",
            f"  task: {result.task.get_name()} ({os.path.relpath(result.task.get_path())})",
        ]
        values = self._dump_results(result.result, serialize=False)
        has_items = bool(result.task.loop) and "results" in values
        lines += [f"  {line}" for line in str(values.get("censored") or values.get("msg") or "").splitlines()]
        for key in () if has_items else DETAILS:
            if str(values.get(key) or "").strip():
                lines += [f"  {key}:"] + [f"    {line}" for line in str(values[key]).rstrip().splitlines()]
        if values.get("module_stderr") is None and "Traceback" in str(result.result.get("exception") or ""):
            lines += [f"    {line}" for line in str(result.result["exception"]).splitlines()]
        self._say("\n" + "\n".join(lines), C.COLOR_ERROR)

    def _tell_retry(self, result) -> None:
        task, host = result.task, result.host.get_name() if self._has_others else ""
        command, role = self._again(only_host=host), outermost_role(task)
        self._say(f"  try again: {command}", C.COLOR_ERROR)
        if role is not None and role.get_name() in task.tags:
            alone = self._again(only_tag=role.get_name(), only_host=host)
            if alone != command:
                self._say(f"  only this step: {alone}", C.COLOR_ERROR)
        if HIDDEN in command:
            self._say(f"  {HIDDEN_NOTE}", C.COLOR_ERROR)

    def _again(self, **only: str) -> str:
        return again(sys.argv, context.CLIARGS["args"], self.get_option("verb"), **only)

    def _interrupted(self) -> str:
        """The last words of a run that a signal ends."""
        task, self._task = self._task, ""  # no more signs of life
        lines = [f"Interrupted: {self._where()}", f"  task: {task}" if task else "", f"  go on: {self._again()}"]
        lines.append(f"  {HIDDEN_NOTE}" if HIDDEN in lines[-1] else "")
        return "\n".join(filter(None, lines))

    # --- silence, and the end --------------------------------------------------------------------------------------

    @unless_plain
    def v2_runner_retry(self, result) -> None:
        """Silent."""

    @unless_plain
    def v2_runner_on_async_poll(self, result) -> None:
        """Silent."""

    @unless_plain
    def v2_runner_on_async_ok(self, result) -> None:
        """Silent."""

    @unless_plain
    def v2_runner_on_async_failed(self, result) -> None:
        """Silent."""

    def v2_playbook_on_stats(self, stats) -> None:
        self._interruption.is_told = False
        if self._plain:
            return super().v2_playbook_on_stats(stats)
        self._task = ""
        self._say("")
        seconds = time.monotonic() - self._started
        for line, color in summary(self._steps, stats, seconds):
            self._say(line, color)
        return self._say(f"{Path(self._playbook).stem}: {len(self._steps)} steps in {clock(seconds)}")
