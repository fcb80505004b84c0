"""A thread that works on what others leave in a queue, so that they never wait for a pipe or a network."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Callable, Optional


class Background:
    """Calls `work` in a daemon thread a while after it was called; the thread starts with the first call.

    So it costs nothing while there is nothing to do, and starts in the process that uses it, not in one that is forked
    later. All methods may be called from any thread.
    """

    def __init__(self, name: str, work: Callable[[], None], gather_seconds: float) -> None:
        """`gather_seconds`: how long a round waits for more work after the call."""
        self._name = name
        self._work = work
        self._gather_seconds = gather_seconds
        self._call = threading.Event()
        self._hurry = threading.Event()
        self._closing = threading.Event()
        self._start_lock = threading.Lock()
        self._thread: Optional[threading.Thread] = None
        #: Whether a round is to come that will see what is in the queue now: then `call` is not needed.
        self.is_called = False

    @property
    def is_closing(self) -> bool:
        """Whether this is the last round, or soon will be."""
        return self._closing.is_set()

    def call(self) -> None:
        """Something is in the queue."""
        # In this order: a round forgets that it was called before it looks into the queue.
        self.is_called = True
        self._call.set()
        if self._thread is None:
            self._start()
            if self._thread is None:
                # Only then: a thread that runs may have done its round already, and waits to be called.
                self.is_called = False

    def hurry(self) -> None:
        """Do not gather any longer; the call has to come besides."""
        self._hurry.set()

    def rest(self, seconds: float) -> None:
        """In a round: do nothing for a while, unless the end is near."""
        self._closing.wait(seconds)

    def close(self, seconds: float) -> None:
        """One last round. Returns when it is done, or after so many seconds."""
        self._closing.set()
        self._hurry.set()
        self._call.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def _start(self) -> None:
        # At the limit of processes there may be no thread; the next call tries again.
        with self._start_lock, suppress(RuntimeError):
            if self._thread is None:
                thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                thread.start()
                self._thread = thread

    def _run(self) -> None:
        is_last = False
        while not is_last:
            self._call.wait()
            self._hurry.wait(self._gather_seconds)
            self._call.clear()
            self._hurry.clear()
            # From here on there may be something in the queue that this round does not see.
            self.is_called = False
            is_last = self.is_closing
            self._work()
