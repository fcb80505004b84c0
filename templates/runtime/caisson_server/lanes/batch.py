"""One thread that predicts together whatever waits when it is free.

Nothing is held back to wait for company: while the model is busy, requests gather by themselves. How many are taken
at once depends on how long the last ones took, so that none waits much longer for the others than it was told.
"""

from __future__ import annotations

import asyncio
import threading
import time
from queue import Empty, SimpleQueue
from typing import Any, Callable, List, Optional, Sequence, Tuple

from .job import Job

_MOST_TOGETHER = 256
_LEAST_TOGETHER = 2
_SMOOTHING = 0.2

Outcome = Tuple[Job, Any]


class BatchLane:
    """`score_together` answers a list of jobs in order and never raises; `batch_seconds` bounds the wait for others."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        score_together: Callable[[Sequence[Job]], List[Any]],
        prepare_thread: Callable[[], None],
        batch_seconds: float,
    ) -> None:
        self._loop = loop
        self._score_together = score_together
        self._prepare_thread = prepare_thread
        self._batch_seconds = batch_seconds
        self._queue: SimpleQueue[Optional[Job]] = SimpleQueue()
        self._running: Sequence[Job] = ()
        #: Jobs that it has no more to do with.
        self.done = 0
        self._seconds_each = 0.0
        self._knows_many = False
        self._thread = threading.Thread(target=self._run, name="predict together", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Put the job in the queue."""
        self._queue.put(job)

    @property
    def waiting(self) -> int:
        """How many jobs nobody has taken yet."""
        return self._queue.qsize()

    @property
    def is_stuck(self) -> bool:
        """Whether nobody waits for what the thread is doing."""
        running = self._running
        return bool(running) and all(job.is_over for job in running)

    def close(self) -> None:
        """Let the thread go when it is free."""
        self._queue.put(None)

    def _run(self) -> None:
        self._prepare_thread()
        while True:
            first = self._queue.get()
            if first is None:
                return
            self._predict(self._with_company(first))

    def _with_company(self, first: Job) -> List[Job]:
        jobs = [first]
        most = self._most_together()
        while len(jobs) < most:
            try:
                job = self._queue.get_nowait()
            except Empty:
                break
            if job is None:
                self._queue.put(None)
                break
            jobs.append(job)
        return jobs

    def _most_together(self) -> int:
        if self._seconds_each <= 0:
            # Nothing is known yet: the first one tells.
            return 1
        return int(max(_LEAST_TOGETHER, min(_MOST_TOGETHER, self._batch_seconds / self._seconds_each)))

    def _predict(self, jobs: List[Job]) -> None:
        began = time.perf_counter()
        wanted = [job for job in jobs if not job.is_unwanted]
        for job in wanted:
            job.began = began
        self._running = wanted
        answers = self._score_together(wanted) if wanted else []
        self._running = ()
        self.done += len(jobs)
        ended = time.perf_counter()
        for job in wanted:
            job.ended = ended
        self._learn(ended - began, len(wanted))
        unwanted = [(job, None) for job in jobs if job.began == 0.0]
        self._hand_over([*zip(wanted, answers), *unwanted])

    def _learn(self, seconds: float, number: int) -> None:
        """How long one of many takes. One alone says only how much that can be at most: the first costs the most."""
        if number > 1 and self._knows_many:
            self._seconds_each += (seconds / number - self._seconds_each) * _SMOOTHING
        elif number > 1 or self._seconds_each == 0:
            self._seconds_each = seconds / max(number, 1)
            self._knows_many = number > 1

    def _hand_over(self, outcomes: List[Outcome]) -> None:
        hand_over(self._loop, outcomes)


def hand_over(loop: asyncio.AbstractEventLoop, outcomes: List[Outcome]) -> None:
    """To the event loop's thread, all at once. A loop that has ended has nobody left to answer."""
    try:
        loop.call_soon_threadsafe(_deliver, outcomes)
    except RuntimeError:
        return


def _deliver(outcomes: List[Outcome]) -> None:
    for job, answer in outcomes:
        job.deliver(job, answer)
