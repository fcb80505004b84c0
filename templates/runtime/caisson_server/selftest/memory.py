"""What the processes of the container hold in memory."""

from __future__ import annotations

import os
from pathlib import Path

from ..startup.cgroup import resident_bytes

_ROOT = Path("/")


def memory_bytes(root: Path = _ROOT) -> int:
    """The memory of all processes but this one; what they share counts once.

    A process whose shares cannot be read counts as a whole.
    """
    pids = (int(entry.name) for entry in (root / "proc").iterdir() if entry.name.isdecimal())
    return sum(_bytes_of(pid, root) for pid in pids if pid != os.getpid())


def _bytes_of(pid: int, root: Path) -> int:
    try:
        text = (root / "proc" / str(pid) / "smaps_rollup").read_text(encoding="ascii")
    except (OSError, ValueError):
        return resident_bytes(pid, root)
    shares = (line.split() for line in text.splitlines() if line.startswith("Pss:"))
    return sum(int(fields[1]) * 1024 for fields in shares)
