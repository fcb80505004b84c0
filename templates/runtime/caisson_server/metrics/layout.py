"""Which number lies where in the row of a process. All rows are alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterable, Mapping, Tuple

from ..web.answer import OUTCOMES
from .histogram import DURATION_BOUNDS, REQUESTS_BOUNDS, ROWS_BOUNDS, Histogram

#: Stands for all paths that are not among the routes: their number must not be up to the client.
OTHER = "other"

#: Gauges come first, so that a process that ends leaves zeros here and nowhere else. LOAD_SECONDS is a float.
IN_FLIGHT, QUEUE_LENGTH, IS_READY, LOAD_SECONDS = range(4)
GAUGES = 4
STARTS = GAUGES
_FIRST_HISTOGRAM = STARTS + 1

#: 1xx to 5xx.
STATUS_CLASSES = 5
_LINE_CELLS = 8


@dataclass(frozen=True)
class RouteCells:
    """What is counted of one route."""

    #: By outcome: the cell of the status class 0xx. There is none, so this is the last cell of what comes before.
    answers: Mapping[str, int]
    durations: Histogram


class Layout:
    """The cells of a server with these routes, and `other`."""

    def __init__(self, routes: Iterable[str]) -> None:
        self.batch_requests = Histogram(_FIRST_HISTOGRAM, REQUESTS_BOUNDS)
        self.batch_rows = Histogram(self.batch_requests.end, ROWS_BOUNDS)
        self.routes: Dict[str, RouteCells] = {}
        end = self.batch_rows.end
        for route in (*routes, OTHER):
            self.routes[route], end = _route_cells(end)
        #: Cells in a row. Rounded up: two processes that write to one line of the cache slow each other down.
        self.size = -(-end // _LINE_CELLS) * _LINE_CELLS


def _route_cells(start: int) -> Tuple[RouteCells, int]:
    answers = {outcome: start + number * STATUS_CLASSES - 1 for number, outcome in enumerate(OUTCOMES)}
    durations = Histogram(start + len(OUTCOMES) * STATUS_CLASSES, DURATION_BOUNDS)
    return RouteCells(answers, durations), durations.end
