"""How a process died, when to replace it, and when to give up."""

from __future__ import annotations

import os
import signal
from collections import deque
from typing import Deque

from ..errors import StartupError

#: A worker's own exit code for "all my prediction threads hang".
STUCK_EXIT_CODE = 75

MOST_DEATHS = 5
WINDOW_SECONDS = 60.0
#: A worker that lives longer than this did not die of its start.
_SOON_SECONDS = 10.0
_FIRST_DELAY = 0.5


class Deaths:
    """Counts deaths of workers."""

    def __init__(self) -> None:
        self._times: Deque[float] = deque(maxlen=MOST_DEATHS)
        self._in_a_row = 0

    def count(self, how: str, *, now: float, age: float, was_ready: bool) -> float:
        """Count one at `now`, of a worker that lived for `age` seconds; returns the seconds to wait before a new one.

        Raises StartupError for the fifth within a minute, and for the fifth in a row that has never been ready.
        """
        self._times.append(now)
        self._in_a_row = 0 if was_ready else self._in_a_row + 1
        if len(self._times) == MOST_DEATHS and now - self._times[0] <= WINDOW_SECONDS:
            raise StartupError(f"{MOST_DEATHS} workers died within {WINDOW_SECONDS:g} s; the last one {how}")
        if self._in_a_row == MOST_DEATHS:
            raise StartupError(f"{MOST_DEATHS} workers in a row died before they were ready; the last one {how}")
        if age > _SOON_SECONDS:
            return 0.0
        recent = sum(now - time <= WINDOW_SECONDS for time in self._times)
        # The first death is often an accident: nobody should wait for its replacement.
        return 0.0 if recent == 1 else _FIRST_DELAY * 2.0 ** (recent - 2)

    @property
    def any(self) -> bool:
        """Whether one was ever counted."""
        return bool(self._times)


def describe(status: int) -> str:
    """What `os.waitpid` says, in words: `was killed by SIGKILL (out of memory?)`."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        hint = " (out of memory?)" if number == signal.SIGKILL else ""
        return f"was killed by {_name(number)}{hint}"
    return describe_exit(os.WEXITSTATUS(status))


def describe_exit(code: int) -> str:
    """An exit code in words."""
    if code == STUCK_EXIT_CODE:
        return "hung: every prediction was past the time-out"
    return f"ended with exit code {code}"


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
