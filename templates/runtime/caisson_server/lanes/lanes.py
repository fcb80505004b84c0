"""Which lane a job takes, and when there are too many."""

from __future__ import annotations

from typing import Callable, Optional, Protocol

from .batch import BatchLane
from .job import Job
from .pool import PoolLane

#: A larger body would hold up everything that waits with it.
_LARGEST_TOGETHER = 64 * 1024


class Lane(Protocol):
    """What both kinds have in common."""

    waiting: int
    is_stuck: bool


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
        self._alone = alone
        self._together = together
        self._most_waiting = most_waiting

    def submit(self, job: Job) -> bool:
        """Put the job in a queue. False when too many wait."""
        waiting = self.waiting
        if waiting >= self._most_waiting:
            return False
        self._tell(waiting + 1)
        if self._together is not None and len(job.call.body) <= _LARGEST_TOGETHER:
            self._together.submit(job)
        else:
            self._alone.submit(job)
        return True

    @property
    def waiting(self) -> int:
        """How many jobs nobody has taken yet."""
        return self._alone.waiting + (0 if self._together is None else self._together.waiting)

    @property
    def is_stuck(self) -> bool:
        """Whether one of the lanes only does what nobody waits for."""
        return self._alone.is_stuck or (self._together is not None and self._together.is_stuck)

    def close(self) -> None:
        """Let the threads go when they are free."""
        self._alone.close()
        if self._together is not None:
            self._together.close()
