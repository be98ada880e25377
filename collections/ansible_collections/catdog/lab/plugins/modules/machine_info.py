#!/usr/bin/python
"""Measures the machine before a lab is built on it: user, system, processors, memory, disks, holders of ports."""

from __future__ import annotations

DOCUMENTATION = """
module: machine_info
short_description: Measure user, system, processors, memory, free disk and the holders of TCP ports
description:
  - Changes nothing and needs nothing beside Python.
  - Memory is bounded by the control group of the process, so that a container reports its own limit.
options:
  folders:
    description: Folders that will be filled, each with the MiB that it will need. They need not exist.
    type: dict
    default: {}
  ports:
    description: TCP ports that will be listened on.
    type: list
    elements: int
    default: []
attributes:
  check_mode: {support: full}
author: ["catdog-lab"]
"""

RETURN = """
user: {description: Effective user id and name, returned: always, type: dict, sample: {id: 0, name: root}}
system: {description: Name and version of the system and the architecture, returned: always, type: dict}
processors: {description: How many processors this may use, returned: always, type: int, sample: 2}
memory: {description: Memory in MiB as C(total) and C(available), returned: always, type: dict}
disks:
  description: One entry a file system with the C(mount), C(free) MiB, C(needed) MiB and its C(folders).
  returned: always
  type: list
  elements: dict
ports:
  description: The ports that are taken, with C(port) and C(holder), which is empty where the process cannot be seen.
  returned: always
  type: list
  elements: dict
"""

import os
import platform
import pwd
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

MIB = 1024 * 1024
LISTENING = "0A"  # state of a listening socket in /proc/net/tcp


def parse_os_release(text: str) -> dict[str, str]:
    """Name and version out of the text of os-release, e.g. Debian and 12."""
    values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    name = values.get("ID", "unknown").strip("\"'")
    return {"name": name.capitalize(), "version": values.get("VERSION_ID", "").strip("\"'")}


def parse_meminfo(text: str) -> dict[str, int]:
    """MiB of memory in all and available, out of the text of /proc/meminfo."""
    values = {key: int(rest.split()[0]) for key, _, rest in (line.partition(":") for line in text.splitlines()) if rest}
    return {"total": values["MemTotal"] // 1024, "available": values.get("MemAvailable", values["MemFree"]) // 1024}


def parse_listeners(text: str) -> dict[int, list[str]]:
    """Listening ports and the inodes of their sockets, out of the text of /proc/net/tcp or tcp6."""
    found: dict[int, list[str]] = {}
    for line in text.splitlines()[1:]:
        fields = line.split()
        if len(fields) > 9 and fields[3] == LISTENING:
            found.setdefault(int(fields[1].rpartition(":")[2], 16), []).append(fields[9])
    return found


def bounded_memory(memory: dict[str, int], root: Path = Path("/sys/fs/cgroup")) -> dict[str, int]:
    """The memory, bounded by the limit of the control group that the process sees as its root (version 2 or 1)."""
    for limit_file, used_file in (
        (root / "memory.max", root / "memory.current"),
        (root / "memory/memory.limit_in_bytes", root / "memory/memory.usage_in_bytes"),
    ):
        try:
            limit, used = int(limit_file.read_text()) // MIB, int(used_file.read_text()) // MIB
        except (OSError, ValueError):  # no such file, or "max"
            continue
        if limit < memory["total"]:
            return {"total": limit, "available": min(memory["available"], limit - used)}
    return memory


def measure_disks(folders: dict[str, int]) -> list[dict]:
    """Free and needed MiB of every file system that holds one of the folders, or will."""
    disks: dict[int, dict] = {}
    for folder, needed in folders.items():
        place = Path(folder).absolute()
        while not place.exists():
            place = place.parent
        mount = place.resolve()
        while not mount.is_mount():
            mount = mount.parent
        statistics = os.statvfs(place)
        free = statistics.f_bavail * statistics.f_frsize // MIB
        disk = disks.setdefault(place.stat().st_dev, {"mount": str(mount), "free": free, "needed": 0, "folders": []})
        disk["needed"] += int(needed)
        disk["folders"].append(folder)
    return list(disks.values())


def find_holder(inodes: list[str]) -> str:
    """Name and process id of whoever holds one of the sockets; empty where that cannot be seen."""
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(descriptor.readlink()) in wanted:
                process = descriptor.parent.parent
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
        except OSError:  # the process ended, or is another user's
            continue
    return ""


def taken_ports(ports: list[int]) -> list[dict]:
    """Those of the ports that some process listens on, each with its holder."""
    listeners: dict[int, list[str]] = {}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if Path(table).exists():
            for port, inodes in parse_listeners(Path(table).read_text()).items():
                listeners.setdefault(port, []).extend(inodes)
    return [{"port": port, "holder": find_holder(listeners[port])} for port in ports if port in listeners]


def user_name(uid: int) -> str:
    """Name of a user, or the id where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(
        argument_spec={
            "folders": {"type": "dict", "default": {}},
            "ports": {"type": "list", "elements": "int", "default": []},
        },
        supports_check_mode=True,
    )
    release = Path("/etc/os-release")
    system = parse_os_release(release.read_text() if release.exists() else "")
    module.exit_json(
        changed=False,
        user={"id": os.geteuid(), "name": user_name(os.geteuid())},
        system=system | {"architecture": platform.machine()},
        processors=len(os.sched_getaffinity(0)),
        memory=bounded_memory(parse_meminfo(Path("/proc/meminfo").read_text())),
        disks=measure_disks(module.params["folders"]),
        ports=taken_ports(module.params["ports"]),
    )


if __name__ == "__main__":
    main()
