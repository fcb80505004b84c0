"""What a container may use, from folders of files that stand for machines."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict

import pytest

from caisson_server.startup.cgroup import cpu_count, has_gpu, memory_limit, resident_bytes

MB = 1 << 20
GB = 1 << 30
MEMINFO = f"MemTotal: {16 * GB >> 10} kB\nMemFree: 1 kB\nMemAvailable: {10 * GB >> 10} kB\nHugePages_Total: 0\n"
STATUS = "Name:\tpython\nCpus_allowed:\tff\nCpus_allowed_list:\t0-3,8-11\n"
V2 = "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"
#: Fields of /proc/self/mountinfo may have none of the optional ones before the dash.
V1_CPU = "31 25 0:27 {root} /sys/fs/cgroup/cpu,cpuacct ro,nosuid - cgroup cgroup rw,cpu,cpuacct\n"
V1_MEMORY = "32 25 0:28 {root} /sys/fs/cgroup/memory ro master:11 - cgroup cgroup rw,memory\n"


def machine(root: Path, files: Dict[str, str]) -> Path:
    base = {"proc/meminfo": MEMINFO, "proc/self/status": STATUS}
    for name, text in {**base, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def v2(own: str, files: Dict[str, str]) -> Dict[str, str]:
    inside = {f"sys/fs/cgroup/{name}": text for name, text in files.items()}
    return {"proc/self/cgroup": f"0::{own}\n", "proc/self/mountinfo": f"1 0 0:1 / / rw - ext4 d rw\n{V2}", **inside}


def v1(own: str, root: str, files: Dict[str, str]) -> Dict[str, str]:
    inside = {f"sys/fs/cgroup/{name}": text for name, text in files.items()}
    groups = f"12:pids:/x\n5:cpu,cpuacct:{own}\n4:memory:{own}\n1:name=systemd:{own}\n0::/\n"
    mounts = V1_CPU.format(root=root) + V1_MEMORY.format(root=root)
    return {"proc/self/cgroup": groups, "proc/self/mountinfo": mounts, **inside}


UNLIMITED_V1 = {"memory/memory.limit_in_bytes": "9223372036854771712\n", "cpu,cpuacct/cpu.cfs_quota_us": "-1\n"}


@pytest.mark.parametrize(
    "files, cpus, memory",
    [
        pytest.param({}, 8, 10 * GB, id="no control groups"),
        pytest.param(v2("/", {}), 8, 10 * GB, id="v2, root of the machine"),
        pytest.param(
            v2("/", {"cpu.max": "250000 100000\n", "memory.max": f"{GB}\n"}), 3, GB, id="v2, own namespace, 2.5 CPUs"
        ),
        pytest.param(v2("/", {"cpu.max": "max 100000\n", "memory.max": "max\n"}), 8, 10 * GB, id="v2, unlimited"),
        pytest.param(
            v2(
                "/pods/a",
                {
                    "pods/a/cpu.max": "400000 100000",
                    "pods/a/memory.max": f"{2 * GB}",
                    "pods/cpu.max": "200000 100000",
                    "pods/memory.max": f"{GB}",
                },
            ),
            2,
            GB,
            id="v2, the group above is tighter",
        ),
        pytest.param(
            v2("/../../other", {"cpu.max": "100000 100000", "memory.max": f"{GB}"}),
            1,
            GB,
            id="v2, outside of the mount",
        ),
        pytest.param(v2("/", {"cpu.max": "1000 100000"}), 1, 10 * GB, id="v2, less than a CPU"),
        pytest.param(v2("/", {"cpu.max": "100500 100000"}), 1, 10 * GB, id="v2, a hair more than a CPU"),
        pytest.param(v2("/", {"memory.max": f"{64 * GB}"}), 8, 16 * GB, id="v2, more than the machine has"),
        pytest.param(v2("/", {"cpu.max": "", "memory.max": "nonsense"}), 8, 10 * GB, id="v2, unreadable"),
        pytest.param(
            v1(
                "/docker/abc",
                "/docker/abc",
                {
                    "cpu,cpuacct/cpu.cfs_quota_us": "150000",
                    "cpu,cpuacct/cpu.cfs_period_us": "100000",
                    "memory/memory.limit_in_bytes": f"{512 * MB}",
                },
            ),
            2,
            512 * MB,
            id="v1, a container sees its own group as the mount",
        ),
        pytest.param(
            v1(
                "/a/b",
                "/",
                {
                    "cpu,cpuacct/a/b/cpu.cfs_quota_us": "-1",
                    "cpu,cpuacct/a/b/cpu.cfs_period_us": "100000",
                    "cpu,cpuacct/a/cpu.cfs_quota_us": "100000",
                    "cpu,cpuacct/a/cpu.cfs_period_us": "50000",
                    "memory/a/b/memory.limit_in_bytes": f"{GB}",
                    "memory/a/memory.limit_in_bytes": f"{2 * GB}",
                    **UNLIMITED_V1,
                },
            ),
            2,
            GB,
            id="v1, nested",
        ),
        pytest.param(v1("/", "/", UNLIMITED_V1), 8, 10 * GB, id="v1, unlimited"),
    ],
)
def test_limits(tmp_path: Path, files: Dict[str, str], cpus: int, memory: int) -> None:
    root = machine(tmp_path, files)
    assert (cpu_count(root), memory_limit(root)) == (cpus, memory)


def test_this_machine() -> None:
    assert 1 <= cpu_count() <= len(os.sched_getaffinity(0))
    assert 64 * MB < memory_limit() < 1 << 60
    assert MB < resident_bytes(os.getpid()) < 100 * GB


def test_affinity_limits(tmp_path: Path) -> None:
    root = machine(tmp_path, {"proc/self/status": "Cpus_allowed_list:\t5\n"})
    assert cpu_count(root) == 1


@pytest.mark.parametrize("text, pages", [("900 25 3 0 0 0 0\n", 25), ("", 0)])
def test_resident_bytes(tmp_path: Path, text: str, pages: Any) -> None:
    root = machine(tmp_path, {"proc/77/statm": text})
    assert resident_bytes(77, root) == pages * os.sysconf("SC_PAGE_SIZE")
    assert resident_bytes(78, root) == 0


def test_gpu(tmp_path: Path) -> None:
    assert not has_gpu(tmp_path)
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "nvidia0").touch()
    assert has_gpu(tmp_path)
