"""Several threads that predict one call each. A thread is started when it is first needed."""

from __future__ import annotations

import asyncio
import threading
import time
from queue import SimpleQueue
from typing import Any, Callable, List, Optional

from .batch import hand_over
from .job import Job


class PoolLane:
    """`score` answers one job and never raises."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        score: Callable[[Job], Any],
        prepare_thread: Callable[[], None],
        most_threads: int,
    ) -> None:
        self._loop = loop
        self._score = score
        self._prepare_thread = prepare_thread
        self._queue: SimpleQueue[Optional[Job]] = SimpleQueue()
        #: What each thread is doing.
        self._running: List[Optional[Job]] = []
        self._most_threads = most_threads
        #: Jobs that it has no more to do with; each thread counts its own.
        self._done: List[int] = []
        self._submitted = 0

    def submit(self, job: Job) -> None:
        """Put the job in the queue. Called on the event loop's thread only."""
        self._queue.put(job)
        self._submitted += 1
        if self._submitted - self.done > len(self._running) < self._most_threads:
            self._running.append(None)
            self._done.append(0)
            index = len(self._running) - 1
            threading.Thread(target=self._run, args=(index,), name=f"predict {index}", daemon=True).start()

    @property
    def done(self) -> int:
        """Jobs that it has no more to do with."""
        return sum(self._done)

    @property
    def waiting(self) -> int:
        """How many jobs nobody has taken yet."""
        return self._queue.qsize()

    @property
    def is_stuck(self) -> bool:
        """Whether all threads that may be are busy with what nobody waits for."""
        jobs = [job for job in self._running if job is not None and job.is_over]
        return len(jobs) == self._most_threads

    def close(self) -> None:
        """Let the threads go when they are free."""
        for _ in self._running:
            self._queue.put(None)

    def _run(self, index: int) -> None:
        self._prepare_thread()
        while True:
            job = self._queue.get()
            if job is None:
                return
            self._running[index] = job
            answer = self._predict(job)
            self._running[index] = None
            self._done[index] += 1
            hand_over(self._loop, [(job, answer)])
            del job, answer

    def _predict(self, job: Job) -> Any:
        if job.is_unwanted:
            return None
        job.began = time.perf_counter()
        answer = self._score(job)
        job.ended = time.perf_counter()
        return answer
