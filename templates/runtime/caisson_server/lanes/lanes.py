"""Which lane a job takes, and when there are too many."""

from __future__ import annotations

import time
from typing import Callable, Optional, Tuple

from .batch import BatchLane
from .job import Job
from .pool import PoolLane

#: A larger body would hold up everything that waits with it.
_LARGEST_TOGETHER = 64 * 1024


def _untold(_waiting: int) -> None:
    """Nobody wants to know."""


class Lanes:
    """`together` is None where requests must not be put together. `most_waiting` is for both lanes in sum.

    `tell` hears how many wait whenever one more does.
    """

    def __init__(
        self,
        alone: PoolLane,
        together: Optional[BatchLane],
        most_waiting: int,
        tell: Callable[[int], None] = _untold,
    ) -> None:
        self._tell = tell
        #: Since when the lanes have been found stuck, by `time.monotonic`, and how many jobs they had done then.
        self._stuck: Optional[Tuple[float, int]] = None
        self._alone = alone
        self._together = together
        self._most_waiting = most_waiting

    def submit(self, job: Job) -> bool:
        """Put the job in a queue. False when too many wait."""
        waiting = self.waiting
        if waiting >= self._most_waiting:
            return False
        self._tell(waiting + 1)
        may_wait = job.dialect.is_quick and len(job.call.body) <= _LARGEST_TOGETHER
        if self._together is not None and may_wait:
            self._together.submit(job)
        else:
            self._alone.submit(job)
        return True

    @property
    def waiting(self) -> int:
        """How many jobs nobody has taken yet."""
        return self._alone.waiting + (0 if self._together is None else self._together.waiting)

    def is_stuck(self, grace_seconds: float) -> bool:
        """Whether one of the lanes has done nothing for so long but what nobody waits for; to be asked every second."""
        together = self._together
        if not self._alone.is_stuck and (together is None or not together.is_stuck):
            self._stuck = None
            return False
        done = self._alone.done + (0 if together is None else together.done)
        if self._stuck is None or self._stuck[1] != done:
            self._stuck = (time.monotonic(), done)
        return time.monotonic() - self._stuck[0] >= grace_seconds

    def close(self) -> None:
        """Let the threads go when they are free."""
        self._alone.close()
        if self._together is not None:
            self._together.close()
