"""Metrics, access log and traces of every request. Everything runs on the event loop's thread."""

from __future__ import annotations

import time
from typing import Any, Callable, List, Optional

from ..lanes.job import Job
from ..log.access import AccessLog
from ..metrics.layout import OTHER
from ..telemetry.span import Stage
from ..telemetry.tracer import Tracer
from ..web.answer import Answer
from ..web.request import Request
from ..web.routes import Route


class RequestObserver:
    """Satisfies web.app.Observer. Log and tracer are None where they are switched off."""

    def __init__(
        self, metrics: Any, access_log: Optional[AccessLog], tracer: Optional[Tracer], waiting: Callable[[], int]
    ) -> None:
        self._metrics = metrics
        self._access_log = access_log
        self._tracer = tracer
        self._waiting = waiting

    def begin(self, request: Request) -> None:
        """See Observer."""
        del request
        self._metrics.began()

    def end(self, request: Request, answer: Answer, route: Optional[Route], job: Optional[Job]) -> None:
        """See Observer."""
        seconds = time.perf_counter() - request.started
        label = OTHER if route is None else route.label
        self._metrics.finished(label, answer.outcome, answer.status, seconds)
        if route is not None and route.is_probe:
            return
        if job is not None:
            self._metrics.queue_length(self._waiting())
        if self._access_log is not None:
            self._access_log.add(request, answer, seconds)
        if self._tracer is not None:
            self._tracer.record(request, "" if route is None else route.label, answer, _stages(job))

    def came_late(self) -> None:
        """See Observer."""
        self._metrics.queue_length(self._waiting())


def _stages(job: Optional[Job]) -> List[Stage]:
    """How long it waited for its turn, and how long the model took, with everything that was predicted together."""
    if job is None or not job.began:
        return []
    stages = [Stage("queue", job.queued, job.began)]
    if job.ended:
        stages.append(Stage("predict", job.began, job.ended))
    return stages
