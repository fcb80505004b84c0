"""One span for each request that is sampled, and one for each stage of its work."""

from __future__ import annotations

import os
import socket
import time
from typing import List, Mapping, Sequence

from ..startup.otel import OtelSettings
from ..web.answer import Answer
from ..web.request import Request
from .span import INTERNAL, SERVER, Span, Stage, Value, request_attributes, request_error, request_name
from .traceparent import Parent, parent_of

_ID_BYTES = 8
_RANDOM_DIGITS = 16
_RANDOM_PART = 1 << 64


class Tracer:
    """Made in the process whose requests it records, after the fork. `record` is for the event loop's thread."""

    def __init__(self, settings: OtelSettings, version: str, resource: Mapping[str, Value]) -> None:
        """`version` is the server's; `resource` are attributes of all spans, besides the service's name."""
        from .exporter import Exporter  # noqa: PLC0415 - brings urllib, for those who want traces

        whose = {
            **resource,
            "service.name": settings.service_name,
            "host.name": socket.gethostname(),
            "process.pid": os.getpid(),
            "telemetry.sdk.name": "caisson",
            "telemetry.sdk.language": "python",
            "telemetry.sdk.version": version,
        }
        self._exporter = Exporter(settings, whose, version)
        self._bound = round(settings.sample_ratio * _RANDOM_PART)

    def record(self, request: Request, route: str, answer: Answer, stages: Sequence[Stage] = ()) -> None:
        """The request was answered now; `route` is its pattern, empty when the path is none of the server's."""
        parent = parent_of(request.headers) or self._new_trace()
        if parent.is_sampled:
            self._exporter.add(_Spans(parent, 1 + len(stages)).of(request, route, answer, stages))

    def close(self, seconds: float = 0.4) -> None:
        """Send what waits, for so many seconds at most."""
        self._exporter.close(seconds)

    def _new_trace(self) -> Parent:
        trace_id = os.urandom(16).hex()
        # As OpenTelemetry's samplers decide: by the half of the id that is random in all systems.
        return Parent(trace_id, "", is_sampled=int(trace_id[-_RANDOM_DIGITS:], 16) < self._bound)


class _Spans:
    """Makes the spans of one request, which was answered now."""

    def __init__(self, parent: Parent, number: int) -> None:
        self._parent = parent
        # Not of `random`, whose state all forked processes share.
        self._ids = os.urandom(_ID_BYTES * number).hex()
        self._now = time.perf_counter()
        self._unix_now = time.time_ns()

    def of(self, request: Request, route: str, answer: Answer, stages: Sequence[Stage]) -> List[Span]:
        """The request's span, then those of its stages."""
        parent = self._parent
        whole = Span(
            trace_id=parent.trace_id,
            span_id=self._id(0),
            parent_id=parent.span_id,
            is_parent_remote=bool(parent.span_id),
            state=parent.state,
            name=request_name(request, route),
            kind=SERVER,
            start=self._unix(request.started),
            end=self._unix_now,
            attributes=request_attributes(request, route, answer),
            error=request_error(answer),
        )
        return [whole, *(self._stage(stage, number) for number, stage in enumerate(stages, 1))]

    def _stage(self, stage: Stage, number: int) -> Span:
        return Span(
            trace_id=self._parent.trace_id,
            span_id=self._id(number),
            parent_id=self._id(0),
            is_parent_remote=False,
            state=self._parent.state,
            name=stage.name,
            kind=INTERNAL,
            start=self._unix(stage.start),
            end=self._unix(stage.end),
            attributes={},
        )

    def _unix(self, time_of_counter: float) -> int:
        return self._unix_now - int((self._now - time_of_counter) * 1e9)

    def _id(self, number: int) -> str:
        return self._ids[number * 2 * _ID_BYTES : (number + 1) * 2 * _ID_BYTES]
