"""Tasks that need nothing but Ansible itself run in its own process; it would fork one for each of them.

A fork costs about 30 ms of processor time, most of it for memory that both processes touch; the work of such a task 5.
Fits the ansible-core of the locked ansible only (locks/).
"""

from __future__ import annotations

from typing import Any, NoReturn

from ansible._internal import _task
from ansible.executor.task_executor import TaskExecutor
from ansible.executor.task_result import _RawTaskResult
from ansible.inventory.host import Host
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import get_plugin_loader_namespace

# Neither connect to a host nor run a module.
ACTIONS = {
    f"{prefix}{name}"
    for prefix in ("", "ansible.builtin.", "ansible.legacy.")
    for name in ("assert", "debug", "fail", "include_role", "include_tasks", "set_fact", "validate_argument_spec")
}


class NotSkippedError(BaseException):
    """The task's conditions hold; not an Exception, for the executor would make a task's failure of it."""


def stop_after_conditions(templar: Any) -> NoReturn:
    """In place of a task's `post_validate`, which follows its conditions. Raises NotSkippedError."""
    raise NotSkippedError


class ControllerTasks:
    """Goes before a strategy: what it does not do itself, it leaves to the strategy and its workers."""

    def _queue_task(self, host: Host, task: Task, task_vars: dict[str, Any], play_context: PlayContext) -> None:
        """Does the task, or finds that it is skipped, or passes it on."""
        alone = task.action in ACTIONS
        looped = task.loop is not None or task.loop_with
        if alone or (task.when and not looped):
            own = task.copy(exclude_parent=True, exclude_tasks=True)
            own._parent = task._parent
            if not alone:
                own.post_validate = stop_after_conditions
            queued = {"host": host, "task": task, "task_vars": task_vars, "play_context": play_context}
            self._queued_task_cache[host.name, task._uuid] = queued
            try:
                result = self._execute(host, own, dict(task_vars), play_context)
            except NotSkippedError:
                pass
            else:
                self._tqm.send_callback("v2_runner_on_start", host, task)
                self._final_q.send_task_result(
                    _RawTaskResult(host=host, task=own, return_data=result, task_fields=own.dump_attrs())
                )
                self._pending_results += 1
                return
        super()._queue_task(host, task, task_vars, play_context)

    def _execute(self, host: Host, task: Task, task_vars: dict[str, Any], play_context: PlayContext) -> dict[str, Any]:
        """What a worker does with a task: returns its result, a failure's too."""
        plugins = get_plugin_loader_namespace()
        with _task.TaskContext(task):
            return TaskExecutor(
                host, task, task_vars, play_context, self._loader, plugins, self._final_q, self._variable_manager
            ).run()
