"""The threads in which predictions run, so that none of them ever holds up the event loop."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Callable

from .answer import Answer
from .state import Call

#: As asyncio's own default: enough that a few hanging predictions do not stop the others.
_THREADS = min(32, (os.cpu_count() or 1) + 4)


class PredictionPool:
    """Runs blocking work in a limited number of threads."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(_THREADS, thread_name_prefix="predict")

    async def run(self, work: Callable[[Call], Answer], call: Call) -> Answer:
        """Run `work(call)` in a thread.

        Cancelling gives up the wait: what is still queued never starts, what already runs goes on to its end.
        """
        return await asyncio.get_running_loop().run_in_executor(self._executor, work, call)

    def close(self) -> None:
        """Let idle threads go. Does not wait for those that still run."""
        self._executor.shutdown(wait=False)
