"""Memory that the supervisor and its children share: one row of numbers for each process.

Each number has one writer, and a machine word is written at once, so no lock is needed.
"""

from __future__ import annotations

import mmap
from typing import List

FREE, STARTING, READY, STOPPING, STUCK = range(5)

_STATE, _PID, _CONNECTIONS, _BEATS = range(4)
_ROW = 4
_WORD_BYTES = 8


class Board:
    """Made by the supervisor before the first fork, with a fixed number of slots."""

    def __init__(self, slots: int) -> None:
        # Anonymous and shared: children inherit it, and nothing is left behind.
        self._numbers = memoryview(mmap.mmap(-1, slots * _ROW * _WORD_BYTES)).cast("q")
        self.slots: List[Slot] = [Slot(self._numbers, index) for index in range(slots)]


class Slot:
    """One process's row."""

    def __init__(self, numbers: memoryview, index: int) -> None:
        self._numbers = numbers
        self.index = index
        self._start = index * _ROW

    def take(self) -> None:
        """Clear the row for a process that is about to start."""
        for field in range(_ROW):
            self._set(field, 0)
        self.state = STARTING

    @property
    def state(self) -> int:
        """FREE, STARTING, READY, STOPPING (takes no new work soon) or STUCK (hangs, wants to be replaced)."""
        return self._get(_STATE)

    @state.setter
    def state(self, state: int) -> None:
        self._set(_STATE, state)

    @property
    def is_ready(self) -> bool:
        """Whether this process answers 200 on /health/ready."""
        return self.state == READY

    @property
    def pid(self) -> int:
        """The process, 0 before it runs."""
        return self._get(_PID)

    @pid.setter
    def pid(self, pid: int) -> None:
        self._set(_PID, pid)

    @property
    def connections(self) -> int:
        """Open connections; the process's HTTP server keeps the number up to date."""
        return self._get(_CONNECTIONS)

    @connections.setter
    def connections(self, number: int) -> None:
        self._set(_CONNECTIONS, number)

    @property
    def beats(self) -> int:
        """Grows every second while the process's event loop runs."""
        return self._get(_BEATS)

    def beat(self) -> None:
        """The event loop runs."""
        self._set(_BEATS, self.beats + 1)

    def least_crowded_other(self) -> int:
        """The fewest connections that any other ready process has; this one's own when there is no other.

        A process with many more than that may leave the next connection to the others.
        """
        others = [
            self._numbers[row + _CONNECTIONS]
            for row in range(0, len(self._numbers), _ROW)
            if row != self._start and self._numbers[row + _STATE] == READY
        ]
        return min(others, default=self.connections)

    def _get(self, field: int) -> int:
        return self._numbers[self._start + field]

    def _set(self, field: int, value: int) -> None:
        self._numbers[self._start + field] = value
