"""What MLflow warns of at every request, and this server once: a log that repeats it hides everything else."""

from __future__ import annotations

from typing import Set

from .. import log

_LONGEST = 400
_noted: Set[str] = set()


def note_once(kind: str, text: str) -> None:
    """Write the text to the log unless one of the same kind was written before."""
    if kind in _noted:
        return
    _noted.add(kind)
    log.note(f"{text[:_LONGEST]} (said once)")
