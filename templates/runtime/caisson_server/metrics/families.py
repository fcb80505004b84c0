"""The numbers as Prometheus sees them: names, labels and help texts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Iterator, List, Mapping, Optional, Sequence

from .exposition import COUNTER, GAUGE, HISTOGRAM, Family, Number, histogram, sample
from .histogram import Histogram
from .layout import IN_FLIGHT, IS_READY, QUEUE_LENGTH, STARTS, STATUS_CLASSES, Layout


@dataclass(frozen=True)
class ModelInfo:
    """The labels of `caisson_model_info`."""

    model_uri: str
    model_name: str
    #: The module that loaded the model, as its MLmodel file names it: `mlflow.sklearn`.
    flavor: str
    #: What loaded it here: `direct` or `pyfunc`.
    loader: str
    mlflow_version: str
    caisson_version: str
    #: `on` or `off`.
    batching: str


@dataclass(frozen=True)
class Totals:
    """The sums of all rows, cell by cell; a cell means something in one of `whole` and `fractions`, see Layout."""

    layout: Layout
    whole: Sequence[int]
    fractions: Sequence[float]
    #: The longest of all workers that run; 0 when there is none.
    load_seconds: float
    deaths: int
    #: Seconds since 1970.
    start_time: float


def families(totals: Totals, info: Optional[ModelInfo]) -> Iterator[Family]:
    """All that there is to tell, in the order in which it is shown."""
    yield from _requests(totals)
    yield from _batches(totals)
    yield from _model(totals, info)
    yield from _processes(totals)


def _requests(totals: Totals) -> Iterator[Family]:
    outcomes: List[str] = []
    statuses: List[str] = []
    durations: List[str] = []
    for route, cells in totals.layout.routes.items():
        for outcome, first in cells.answers.items():
            answers = totals.whole[first + 1 : first + 1 + STATUS_CLASSES]
            # Also when it is zero: what appears with a one never was seen to rise to it.
            outcomes.append(sample("caisson_requests_total", {"route": route, "outcome": outcome}, sum(answers)))
        statuses.extend(_status_samples(route, cells.answers, totals.whole))
        if any(cells.durations.counts(totals.whole)):
            durations.extend(_histogram("caisson_request_duration_seconds", {"route": route}, cells.durations, totals))
    yield Family("caisson_requests_total", COUNTER, "Requests that were answered, by what became of them.", outcomes)
    yield Family("caisson_responses_total", COUNTER, "Requests that were answered, by HTTP status class.", statuses)
    yield Family(
        "caisson_request_duration_seconds",
        HISTOGRAM,
        "From the first byte of a request to its answer; routes that were asked at least once.",
        durations,
    )
    yield _single("caisson_requests_in_flight", GAUGE, "Requests being answered.", totals.whole[IN_FLIGHT])
    yield _single("caisson_queue_length", GAUGE, "Requests that wait for the model.", totals.whole[QUEUE_LENGTH])


def _status_samples(route: str, answers: Mapping[str, int], whole: Sequence[int]) -> Iterator[str]:
    for status_class in range(1, STATUS_CLASSES + 1):
        count = sum(whole[first + status_class] for first in answers.values())
        if count:
            yield sample("caisson_responses_total", {"route": route, "status": f"{status_class}xx"}, count)


def _batches(totals: Totals) -> Iterator[Family]:
    for name, unit, cells in (
        ("caisson_batch_requests", "Requests", totals.layout.batch_requests),
        ("caisson_batch_rows", "Rows", totals.layout.batch_rows),
    ):
        yield Family(name, HISTOGRAM, f"{unit} in one call of the model.", _histogram(name, {}, cells, totals))


def _model(totals: Totals, info: Optional[ModelInfo]) -> Iterator[Family]:
    if totals.load_seconds > 0:
        help_text = "How long the model took to load, in the slowest of the workers."
        yield _single("caisson_model_load_seconds", GAUGE, help_text, totals.load_seconds)
    if info is not None:
        samples = [sample("caisson_model_info", asdict(info), 1)]
        yield Family("caisson_model_info", GAUGE, "The model that is served, and how.", samples)


def _processes(totals: Totals) -> Iterator[Family]:
    yield _single("caisson_workers", GAUGE, "Processes that take requests for the model.", totals.whole[IS_READY])
    yield _single("caisson_worker_starts_total", COUNTER, "Workers that became ready.", totals.whole[STARTS])
    yield _single("caisson_worker_deaths_total", COUNTER, "Workers that died or hung.", totals.deaths)
    help_text = "Start of the server, in seconds since 1970."
    yield _single("process_start_time_seconds", GAUGE, help_text, totals.start_time)


def _single(name: str, kind: str, help_text: str, value: Number) -> Family:
    return Family(name, kind, help_text, [sample(name, {}, value)])


def _histogram(name: str, labels: Mapping[str, str], cells: Histogram, totals: Totals) -> List[str]:
    return histogram(name, labels, cells.bounds, cells.counts(totals.whole), totals.fractions[cells.sum])
