"""Requests to a fake server, many at once."""

from __future__ import annotations

import http.client
import threading
import time
from typing import Any, Dict, List, Optional, Tuple

from support.fake_tree import FakeTree


class Load:
    """Threads that ask without a pause, until the end of the context."""

    def __init__(self, server: FakeTree, path: str, threads: int) -> None:
        self.server = server
        self.path = path
        #: Status, and the time of the end of the request.
        self.answers: List[Tuple[int, float]] = []
        self.errors: List[str] = []
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]

    def __enter__(self) -> Load:  # noqa: PYI034 - Self is not in Python 3.8
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join(20)

    def _run(self) -> None:
        while not self._is_over.is_set():
            self._ask()

    def _ask(self) -> None:
        try:
            self.answers.append((self.server.ask(self.path)[0], time.monotonic()))
        except (OSError, http.client.HTTPException) as error:
            self.errors.append(repr(error))


class Pending:
    """One request under way."""

    def __init__(self, server: FakeTree, path: str) -> None:
        self._reply: Optional[Tuple[int, Dict[str, Any]]] = None
        self.error: Optional[BaseException] = None
        self._thread = threading.Thread(target=self._run, args=(server, path), daemon=True)
        self._thread.start()

    def status(self) -> int:
        """Of the answer, when it is there; 0 when none came."""
        self._thread.join(20)
        return 0 if self._reply is None else self._reply[0]

    def pid(self) -> int:
        """Who answered."""
        self._thread.join(20)
        return 0 if self._reply is None else self._reply[1]["pid"]

    def _run(self, server: FakeTree, path: str) -> None:
        try:
            self._reply = server.ask(path)
        except (OSError, http.client.HTTPException) as error:
            self.error = error


def busy_worker(server: FakeTree) -> int:
    """The worker with a request under way besides the question itself."""
    while True:
        reply = server.ask("/ready")[1]
        if reply["open"] > 1:
            return int(reply["pid"])
