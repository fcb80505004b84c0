"""From a request to its route and back: keys and origins first, time-outs around the model, one observer of all."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, Mapping, Optional, Protocol

from .. import log
from ..lanes.job import Job
from ..scoring.port import Call
from .answer import Answer
from .faults import (
    GONE,
    INTERNAL,
    NOT_FOUND,
    OVERLOADED,
    TIMED_OUT,
    UNAUTHORIZED,
    Fault,
    in_plain_words,
    method_not_allowed,
)
from .http.exchange import Exchange
from .request import Request
from .routes import Route, RouteTable


class Lanes(Protocol):
    """Where jobs are predicted."""

    def submit(self, job: Job) -> bool:
        """Take the job and call `job.deliver` later, on the event loop's thread. False when too many wait."""


class Observer(Protocol):
    """Counts, logs and traces. Called on the event loop's thread."""

    def begin(self, request: Request) -> None:
        """A request has come."""

    def end(self, request: Request, answer: Answer, route: Optional[Route], job: Optional[Job]) -> None:
        """It is answered. `route` is None for an unknown path; `job` is there when it was given to the model."""

    def came_late(self) -> None:
        """A prediction has come, or a job was passed over, that nobody waited for any more."""


class Gate(Protocol):
    """Who may ask."""

    def allows(self, headers: Mapping[bytes, bytes]) -> bool:
        """Whether the request brings a key that is known."""

    def preflight(self, request: Request) -> Optional[Answer]:
        """The whole answer to a browser that asks whether a page may ask; None for any other request."""

    def headers_for(self, origin: Optional[bytes]) -> Any:
        """Headers for a web page of this origin; empty for none."""


class Application:
    """Handles whole requests. `timeout`, in seconds, is for predictions."""

    def __init__(  # noqa: PLR0913, PLR0917 - its parts
        self,
        loop: asyncio.AbstractEventLoop,
        table: RouteTable,
        lanes: Lanes,
        gate: Gate,
        observer: Observer,
        timeout: float,
    ) -> None:
        self._loop = loop
        self._table = table
        self._routes = table.routes
        self._lanes = lanes
        self._gate = gate
        self._observer = observer
        self._timeout = timeout

    def handle(self, exchange: Exchange) -> None:
        """Answer the exchange, now or later."""
        request = exchange.request
        self._observer.begin(request)
        preflight = self._gate.preflight(request) if request.method == "OPTIONS" else None
        if preflight is not None:
            self._end(exchange, preflight, None)
            return
        route = self._routes.get(request.path)
        try:
            answer = self._turned_away(request, route)
            if answer is None and route is not None:
                answer = self._score(exchange, route) if route.respond is None else route.respond(request)
        except Exception as error:  # noqa: BLE001 - the last resort of every route
            log.exception(request.id, error)
            answer = self._table.words_of(request.path)(INTERNAL)
        if answer is not None:
            self._finish(exchange, answer, None)

    def refuse(self, exchange: Exchange, fault: Fault) -> None:
        """Answer a request that is not whole."""
        self._observer.begin(exchange.request)
        self._finish(exchange, self._table.words_of(exchange.request.path)(fault), None)

    def _turned_away(self, request: Request, route: Optional[Route]) -> Optional[Answer]:
        if (route is None or route.needs_key) and not self._gate.allows(request.headers):
            return self._table.words_of(request.path)(UNAUTHORIZED)
        if route is None:
            return self._table.words_elsewhere(request.path)(NOT_FOUND)
        if request.method != route.method:
            # As MLflow's own server, which leaves this to its framework.
            return in_plain_words(method_not_allowed(route.method))
        return None

    def _score(self, exchange: Exchange, route: Route) -> Optional[Answer]:
        request = exchange.request
        call = Call(request.body, request.header(b"content-type"), request.id, request.headers)
        job = Job(call, route.dialect, exchange, self._deliver)
        job.words = route.words
        if not self._lanes.submit(job):
            return route.words(OVERLOADED)
        exchange.timer = self._loop.call_later(self._timeout, self._expire, job)
        return None

    def _expire(self, job: Job) -> None:
        """The prediction goes on where it has begun; nobody waits for it any more."""
        job.is_over = True
        self._finish(job.exchange, job.words(TIMED_OUT), job)

    def _deliver(self, job: Job, answer: Optional[Answer]) -> None:
        if job.is_over:
            self._observer.came_late()
            return
        job.is_over = True
        self._finish(job.exchange, job.words(GONE) if answer is None else answer, job)

    def _finish(self, exchange: Exchange, answer: Answer, job: Optional[Job]) -> None:
        origin = exchange.request.headers.get(b"origin")
        if origin is not None:
            answer = replace(answer, headers=(*answer.headers, *self._gate.headers_for(origin)))
        self._end(exchange, answer, job)

    def _end(self, exchange: Exchange, answer: Answer, job: Optional[Job]) -> None:
        exchange.answer(answer)
        self._observer.end(exchange.request, answer, self._routes.get(exchange.request.path), job)
