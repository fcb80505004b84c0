"""The memory in which all processes count: one row of numbers for each, and one for the supervisor.

Each number has one writer, and a machine word is written at once, so no process ever waits for another. Whoever reads
may see one request in one family of samples and not yet in the next.
"""

from __future__ import annotations

import mmap
import time
from typing import Iterable, Optional

from .exposition import text
from .families import ModelInfo, Totals, families
from .layout import GAUGES, LOAD_SECONDS, Layout
from .worker import WorkerMetrics

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_WORD_BYTES = 8


class SharedMetrics:
    """Made by the supervisor before the first fork, for a fixed number of slots and a fixed list of routes."""

    def __init__(self, slots: int, routes: Iterable[str]) -> None:
        self._layout = Layout(routes)
        self._slots = slots
        self._size = self._layout.size
        #: Behind the rows lies the number of deaths.
        self._deaths = slots * self._size
        # Anonymous and shared: children inherit it, and nothing is left behind.
        memory = memoryview(mmap.mmap(-1, (self._deaths + 1) * _WORD_BYTES))
        self._whole = memory.cast("q")
        self._fractions = memory.cast("d")
        self._start_time = time.time()

    def worker(self, index: int) -> WorkerMetrics:
        """The row of the slot, for the process that has it. What it counted before goes on."""
        row = slice(index * self._size, (index + 1) * self._size)
        return WorkerMetrics(self._layout, self._whole[row], self._fractions[row])

    def forget(self, index: int) -> None:
        """In the supervisor: the process of the slot has ended. Its gauges become zero, its counters stay."""
        for cell in range(GAUGES):
            self._whole[index * self._size + cell] = 0

    def count_death(self) -> None:
        """In the supervisor: a worker has died, or hung, that nobody had told to end."""
        self._whole[self._deaths] += 1

    def render(self, info: Optional[ModelInfo] = None) -> bytes:
        """All processes' numbers in Prometheus' text format 0.0.4; `info` is None while no model is known."""
        starts = range(0, self._deaths, self._size)
        whole_rows = [self._whole[start : start + self._size].tolist() for start in starts]
        fraction_rows = [self._fractions[start : start + self._size].tolist() for start in starts]
        totals = Totals(
            layout=self._layout,
            whole=[sum(column) for column in zip(*whole_rows)],
            fractions=[sum(column) for column in zip(*fraction_rows)],
            load_seconds=max(row[LOAD_SECONDS] for row in fraction_rows),
            deaths=self._whole[self._deaths],
            start_time=self._start_time,
        )
        return text(families(totals, info))
