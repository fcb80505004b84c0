"""One process's own numbers. No other process writes to its row, so nothing here waits for anybody."""

from __future__ import annotations

import threading
from bisect import bisect_left

from .histogram import DURATION_BOUNDS, REQUESTS_BOUNDS, ROWS_BOUNDS
from .layout import IN_FLIGHT, IS_READY, LOAD_SECONDS, OTHER, QUEUE_LENGTH, STARTS, Layout


class WorkerMetrics:
    """Made in the process that it counts for, after the fork.

    Threads: `model_called` and `queue_length` may be called from any; all others only from the event loop's.
    """

    def __init__(self, layout: Layout, whole: memoryview[int], fractions: memoryview[float]) -> None:
        """`whole` and `fractions` are the same row, read as integers and as floats."""
        self._whole = whole
        self._fractions = fractions
        self._requests = layout.batch_requests
        self._rows = layout.batch_rows
        self._routes = {
            route: (cells.answers, cells.durations.start, cells.durations.sum) for route, cells in layout.routes.items()
        }
        self._other = self._routes[OTHER]
        self._model_lock = threading.Lock()

    def ready(self, load_seconds: float) -> None:
        """This process is a worker and begins to serve; its model took so long to load."""
        self._whole[STARTS] += 1
        self._whole[IS_READY] = 1
        self._fractions[LOAD_SECONDS] = load_seconds

    def stopping(self) -> None:
        """This process takes no new work."""
        self._whole[IS_READY] = 0

    def began(self) -> None:
        """A request is in flight, until `finished` is called for it, once."""
        self._whole[IN_FLIGHT] += 1

    def finished(self, route: str, outcome: str, status: int, seconds: float) -> None:
        """A request was answered with the HTTP status, 100 to 599, so many seconds after it came."""
        answers, buckets, total = self._routes.get(route, self._other)
        whole = self._whole
        whole[IN_FLIGHT] -= 1
        whole[answers[outcome] + status // 100] += 1
        whole[buckets + bisect_left(DURATION_BOUNDS, seconds)] += 1
        self._fractions[total] += seconds

    def queue_length(self, length: int) -> None:
        """So many requests wait for the model now."""
        self._whole[QUEUE_LENGTH] = length

    def model_called(self, requests: int, rows: int) -> None:
        """The model was called once for so many requests, which had so many rows together."""
        whole = self._whole
        # Several threads predict, and adding is reading and writing.
        with self._model_lock:
            whole[self._requests.start + bisect_left(REQUESTS_BOUNDS, requests)] += 1
            self._fractions[self._requests.sum] += requests
            whole[self._rows.start + bisect_left(ROWS_BOUNDS, rows)] += 1
            self._fractions[self._rows.sum] += rows
