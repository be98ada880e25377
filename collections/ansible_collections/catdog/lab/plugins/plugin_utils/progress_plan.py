"""What a playbook is going to do: its steps as the tags leave them, its waves of hosts, and what was asked for in vain.

Like the callback lab_progress it uses attributes that Ansible keeps to itself, as they are in the locked ansible-core.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from ansible import constants as C  # noqa: N812 - the name that all of Ansible uses
from ansible import context
from ansible.errors import AnsibleError
from ansible.executor.playbook_executor import PlaybookExecutor
from ansible.inventory.manager import split_host_pattern
from ansible.playbook.block import Block
from ansible.playbook.role_include import IncludeRole
from ansible.template import Templar
from ansible.vars.hostvars import HostVars

# Tags that mean a kind of task instead of a name.
SPECIAL_TAGS = {"all", "always", "never", "tagged", "untagged"}


@dataclass
class PlayPlan:
    """Where a play stands among the steps of all: so many steps before it, so many in each of its waves of hosts."""

    before: int
    steps: int
    waves: list[list[str]]
    begun: int = 0  # waves

    @property
    def after(self) -> int:
        return self.before + self.steps * len(self.waves)

    def begin_wave(self) -> int:
        """Number of steps before the wave that begins now."""
        self.begun += 1
        return self.before + self.steps * (self.begun - 1)

    @property
    def wave(self) -> str:
        """`wave 2/4 attendee11…attendee20`; empty where all hosts go at once."""
        if len(self.waves) < 2 or not 0 < self.begun <= len(self.waves):
            return ""
        hosts = self.waves[self.begun - 1]
        return f"wave {self.begun}/{len(self.waves)} {'…'.join(dict.fromkeys([hosts[0], hosts[-1]]))}"


def outermost_role(task):
    """The role that the play itself names: a role that another role includes belongs to the other's step."""
    role, node = None, task
    while node is not None:
        role = getattr(node, "_role", None) or role
        node = getattr(node, "_parent", None)
    return role


def role_label(role) -> str:
    """Name of a role's step, with the entry point and the plain role variables that tell two of them apart."""
    notes = [Path(str(file)).stem for file in getattr(role, "_from_files", {}).values()]
    given = {**getattr(role, "_role_params", {}), **role.vars}  # with the variables of a loop around an include
    values = [str(value) for name, value in given.items() if not name.startswith(("_", "ansible_"))]
    notes += [value for value in values if value and len(value) < 30 and not set(value) & set("{[/")]
    return f"{role.get_name()} ({', '.join(notes)})" if notes else role.get_name()


def tasks_of(block, with_rescue: bool = True) -> Iterator:
    """Every task of a block in order, nested blocks opened, always included, and rescue if asked for."""
    for part in (block.block, block.rescue if with_rescue else [], block.always):
        for item in part:
            if isinstance(item, Block):
                yield from tasks_of(item, with_rescue)
            else:
                yield item


def rescuer(task) -> Block | None:
    """The innermost block whose rescue meets a failure of the task."""
    node, parent = task, task._parent
    while parent is not None:
        if isinstance(parent, Block) and parent.rescue and any(node._uuid == item._uuid for item in parent.block):
            return parent
        node, parent = parent, parent._parent
    return None


def ends_its_lab(task) -> bool:
    """Whether a failure of the task ends what the play does for the host: none rescues it, or the play itself.

    A play that rescues goes on with its other hosts, even if all of a wave have failed.
    """
    block = rescuer(task)
    return block is None or block._role is None


def is_gathering(task) -> bool:
    """Whether a task gathers facts, which a play does by itself before its first step."""
    return task.action.rpartition(".")[2] in ("gather_facts", "setup")


def play_tasks(play, with_rescue: bool = True) -> list:
    """Every task of a play that is known before it runs, without Ansible's own."""
    tasks = (task for block in play.compile() for task in tasks_of(block, with_rescue))
    return [task for task in tasks if task.action not in C._ACTION_META]


def count_steps(play) -> int:
    """How many steps of a play the tags on the command line leave, if nothing fails."""
    only, skip = context.CLIARGS.get("tags") or ["all"], context.CLIARGS.get("skip_tags") or []
    count, last, own = 0, None, id(play)
    for task in play_tasks(play, with_rescue=False):
        if not task.evaluate_tags(only, skip, {}):
            continue
        is_include = isinstance(task, IncludeRole) and outermost_role(task) is None
        key = task._uuid if is_include else id(outermost_role(task) or play)
        if key == own:  # counted once, wherever its tasks stand
            count, own = count + 1, None
        elif key not in (last, id(play)):
            count, last = count + 1, key
    return count


def waves_of(play) -> list[list[str]]:
    """The names of the hosts of each wave (`serial`) of a play, within the limit on the command line."""
    manager, play = play.get_variable_manager(), play.copy()
    if manager._hostvars is None:  # else there from the first play on
        HostVars(manager._inventory, manager, play.get_loader())
    try:
        play.post_validate(Templar(loader=play.get_loader(), variables=manager.get_vars(play=play)))
    except AnsibleError:
        return [[]]  # hosts or waves that only the run itself can tell
    batches = PlaybookExecutor._get_serialized_batches(SimpleNamespace(_inventory=manager._inventory), play)
    return [[host.name for host in batch] for batch in batches]


def plan_plays(plays: list, before: int = 0) -> dict[str, PlayPlan]:
    """The plan of each play by its id, in order, after so many steps of other playbooks."""
    plans = {}
    for play in plays:
        waves = waves_of(play)
        plans[play._uuid] = PlayPlan(before, count_steps(play) if waves else 0, waves)
        before = plans[play._uuid].after
    return plans


def asked_in_vain(plays: list, plans: dict[str, PlayPlan], playbook: str) -> str:
    """Which tag or part of the limit on the command line meets nothing, in words; empty if all meet something."""
    if len(context.CLIARGS["args"]) > 1:  # another playbook may be what is meant
        return ""
    limit = context.CLIARGS.get("subset") or ""
    asked = [tag for tag in context.CLIARGS.get("tags") or [] if tag not in SPECIAL_TAGS]
    known = {tag for play in plays for task in play_tasks(play) for tag in task.tags} - SPECIAL_TAGS
    if unknown := [tag for tag in asked if tag not in known]:
        there = f"those that it has: {', '.join(sorted(known))}" if known else "it has none"
        return f"no part of {playbook} has the tag {' or '.join(unknown)} ({there})."
    inventory = plays[0].get_variable_manager()._inventory
    parts = [part for part in split_host_pattern(limit) if not part.startswith("@")]
    if unknown := [part for part in parts if not inventory.get_hosts(part.lstrip("!&"), ignore_limits=True)]:
        there = ", ".join(host.name for host in inventory.get_hosts(ignore_limits=True))
        return f"no host is meant by {' or '.join(unknown)} of --limit (those of the inventory: {there})."
    if (limit or asked) and not any(plan.steps for plan in plans.values()):
        given = [f"--limit {limit}"] * bool(limit) + [f"--tags {','.join(asked)}"] * bool(asked)
        return f"{' and '.join(given)} leave{'s' if len(given) == 1 else ''} no step of {playbook}."
    return ""
