"""What the container may use: CPUs and memory by its control groups, not by the host.

Every function takes the root folder below which /proc and /sys are found, so that folders of files can stand for
any machine. Whatever cannot be read does not limit.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Tuple

#: cgroup v1 writes "no limit" as the largest number of pages; nothing real comes near this.
_UNLIMITED_BYTES = 1 << 60
_ROOT = Path("/")

#: Mount point of a hierarchy, the path inside the hierarchy that is mounted there, and this process's own path.
_Hierarchy = Tuple[Path, str, str]


def cpu_count(root: Path = _ROOT) -> int:
    """CPUs that this process may use: at most those it may run on, and no more than its quota, rounded up."""
    allowed = _affinity(root)
    quotas = [*_quotas_v2(root), *_quotas_v1(root)]
    return max(1, min([allowed, *(math.ceil(quota - 0.01) for quota in quotas)]))


def memory_limit(root: Path = _ROOT) -> int:
    """Bytes that the container may use: its limit, or what the machine has to spare when there is none."""
    limits = [limit for limit in _memory_limits(root) if limit < _UNLIMITED_BYTES]
    machine = _meminfo(root)
    limits += [machine["MemTotal"]] if limits and "MemTotal" in machine else []
    return min(limits) if limits else machine.get("MemAvailable", _UNLIMITED_BYTES)


def resident_bytes(pid: int, root: Path = _ROOT) -> int:
    """The memory of a process that is in RAM; 0 when there is no such process."""
    fields = _read(root / "proc" / str(pid) / "statm").split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") if len(fields) > 1 else 0


def has_gpu(root: Path = _ROOT) -> bool:
    """Whether a GPU is visible. Its memory does not multiply with workers."""
    return (root / "dev" / "nvidia0").exists()


def _affinity(root: Path) -> int:
    if root == _ROOT:
        # cpusets are in it, and taskset.
        return len(os.sched_getaffinity(0))
    for line in _read(root / "proc/self/status").splitlines():
        if line.startswith("Cpus_allowed_list:"):
            return _count(line.split(":", 1)[1])
    return os.cpu_count() or 1


def _count(cpu_list: str) -> int:
    """How many CPUs `0-3,8` stands for."""
    total = 0
    for part in cpu_list.strip().split(","):
        first, _, last = part.partition("-")
        total += int(last or first) - int(first) + 1
    return total


def _quotas_v2(root: Path) -> Iterator[float]:
    for folder in _folders(root, _hierarchy(root, None)):
        fields = _read(folder / "cpu.max").split()
        if len(fields) > 1 and fields[0] != "max":
            yield int(fields[0]) / int(fields[1])


def _quotas_v1(root: Path) -> Iterator[float]:
    for folder in _folders(root, _hierarchy(root, "cpu")):
        quota = _number(folder / "cpu.cfs_quota_us")
        period = _number(folder / "cpu.cfs_period_us")
        if quota is not None and quota > 0 and period:
            yield quota / period


def _memory_limits(root: Path) -> Iterator[int]:
    for folder in _folders(root, _hierarchy(root, None)):
        limit = _number(folder / "memory.max")
        if limit is not None:
            yield limit
    for folder in _folders(root, _hierarchy(root, "memory")):
        limit = _number(folder / "memory.limit_in_bytes")
        if limit is not None:
            yield limit


def _folders(root: Path, hierarchy: Optional[_Hierarchy]) -> List[Path]:
    """The process's own group and all above it, as far as they are mounted: each of them may limit it."""
    if hierarchy is None:
        return []
    mount, mounted, own = hierarchy
    top = root / mount.relative_to("/")
    # Without a cgroup namespace the path is the host's, and the mount shows only a part of it.
    inner = own[len(mounted.rstrip("/")) :] if _is_below(own, mounted) else "/"
    folder = top / inner.strip("/")
    if ".." in inner.split("/") or not folder.is_dir():
        folder = top
    return [folder, *(parent for parent in folder.parents if parent == top or top in parent.parents)]


def _is_below(path: str, parent: str) -> bool:
    return parent in ("/", path) or path.startswith(parent.rstrip("/") + "/")


def _hierarchy(root: Path, controller: Optional[str]) -> Optional[_Hierarchy]:
    """The mount of version 1's controller, or of version 2 for None."""
    own = _own_paths(root)
    for line in _read(root / "proc/self/mountinfo").splitlines():
        before, _, after = line.partition(" - ")
        fields, kind = before.split(), after.split()
        if len(fields) <= 4 or not kind:  # noqa: PLR2004 - proc(5): the mount point is the fifth field
            continue
        options = kind[-1].split(",")
        is_it = kind[0] == "cgroup2" if controller is None else kind[0] == "cgroup" and controller in options
        if is_it and (controller or "") in own:
            return Path(fields[4]), fields[3], own[controller or ""]
    return None


def _own_paths(root: Path) -> Dict[str, str]:
    """This process's path in each hierarchy; version 2 has the empty name."""
    paths: Dict[str, str] = {}
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        paths.update(dict.fromkeys(controllers.split(","), path))
    return paths


def _meminfo(root: Path) -> Dict[str, int]:
    found = {}
    for line in _read(root / "proc/meminfo").splitlines():
        name, _, value = line.partition(":")
        if value.strip().endswith("kB"):
            found[name] = int(value.split()[0]) * 1024
    return found


def _number(path: Path) -> Optional[int]:
    text = _read(path).strip()
    return int(text) if text.lstrip("-").isdecimal() else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
