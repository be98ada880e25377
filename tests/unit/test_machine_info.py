"""What module machine_info reads out of the system's own tables."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def machine_info(load_plugin):
    return load_plugin("modules/machine_info")


def test_system_is_named_as_people_name_it(machine_info):
    text = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n'
    assert machine_info.parse_os_release(text) == {"name": "Debian", "version": "12"}


def test_unknown_system_has_a_name_too(machine_info):
    assert machine_info.parse_os_release("") == {"name": "Unknown", "version": ""}


def test_memory_is_told_in_mib(machine_info):
    text = "MemTotal:       24684000 kB\nMemFree: 1024 kB\nMemAvailable:   2048 kB\nHugePages_Total:       0\n"
    assert machine_info.parse_meminfo(text) == {"total": 24105, "available": 2}


@pytest.mark.parametrize("version", [1, 2])
def test_memory_is_bounded_by_the_control_group(machine_info, tmp_path: Path, version: int):
    limit, used = (
        ("memory.max", "memory.current")
        if version == 2
        else ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes")
    )
    (tmp_path / limit).parent.mkdir(exist_ok=True)
    (tmp_path / limit).write_text(f"{4096 * 2**20}\n")
    (tmp_path / used).write_text(f"{1000 * 2**20}\n")
    memory = {"total": 24000, "available": 20000}
    assert machine_info.bounded_memory(memory, tmp_path) == {"total": 4096, "available": 3096}


def test_a_group_without_limit_leaves_the_memory_as_it_is(machine_info, tmp_path: Path):
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("1\n")
    memory = {"total": 24000, "available": 20000}
    assert machine_info.bounded_memory(memory, tmp_path) == memory


def test_only_listening_sockets_count(machine_info):
    text = (
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
        "   0: 0100007F:7580 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1\n"
        "   1: 0100007F:7581 0100007F:0050 01 00000000:00000000 00:00000000 00000000     0        0 4712 1\n"
    )
    assert machine_info.parse_listeners(text) == {30080: ["4711"]}


@pytest.mark.parametrize(("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_taken_port_is_told_with_its_holder(machine_info, family, address: str):
    try:
        server = socket.create_server((address, 0), family=family)
    except OSError:
        pytest.skip(f"no address {address} on this machine")
    with server:
        port = server.getsockname()[1]
        taken = machine_info.taken_ports([port])
    assert [entry["port"] for entry in taken] == [port]
    assert "(process " in taken[0]["holder"]
    assert machine_info.taken_ports([port]) == []


def test_folders_on_one_file_system_need_room_together(machine_info, tmp_path: Path):
    disks = machine_info.measure_disks({str(tmp_path / "a" / "b"): 100, str(tmp_path): 20})
    assert len(disks) == 1
    assert disks[0]["needed"] == 120
    assert disks[0]["free"] > 0
    assert disks[0]["folders"] == [str(tmp_path / "a" / "b"), str(tmp_path)]
    assert Path(disks[0]["mount"]).is_mount()
