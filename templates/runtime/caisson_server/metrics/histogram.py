"""A histogram in a row of numbers: how many values fell in each bucket, and their sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence, Tuple

#: Seconds.
DURATION_BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
#: Requests in one call of the model.
REQUESTS_BOUNDS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
#: Rows in one call of the model.
ROWS_BOUNDS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 1024, 4096, 16384, 65536)


@dataclass(frozen=True)
class Histogram:
    """Where it lies: the buckets from cell `start` on, the last one without a bound, then the sum as a float."""

    start: int
    #: Upper bounds, which belong to their buckets, in rising order.
    bounds: Tuple[float, ...]

    @property
    def sum(self) -> int:
        """The cell of the sum."""
        return self.start + len(self.bounds) + 1

    @property
    def end(self) -> int:
        """The first cell behind it."""
        return self.sum + 1

    def counts(self, numbers: Sequence[int]) -> Sequence[int]:
        """How many values each bucket holds, not counting those of the buckets below."""
        return numbers[self.start : self.sum]
