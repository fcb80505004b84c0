"""The waiting room: while no worker is ready, everything but signs of life is 503."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, Dict

from ..metrics.layout import OTHER
from ..openinference import metadata
from ..process.context import Context
from ..web.answer import Answer, json_answer
from ..web.faults import LOADING, UNAUTHORIZED, Fault
from ..web.http.doors import Doors
from ..web.http.exchange import Exchange
from ..web.http.limits import Limits
from ..web.request import Request
from .gate import KeyGate, OpenGate
from .labels import LABELS, METRICS
from .metrics_page import metrics_page
from .table import words_of
from .web_service import Ends, Entrance, WebService

_SIGNS_OF_LIFE: Dict[str, Answer] = {
    "/health/live": json_answer(200, {"status": "live"}),
    "/v2/health/live": json_answer(200, metadata.server_live()),
}


class RoomApplication:
    """Handles exchanges as web.app.Application does. Nothing is logged: each line would say the same."""

    def __init__(self, context: Context, gate: Any) -> None:
        self._metrics = context.metrics.worker(context.slot.index)
        self._page = metrics_page(context.metrics, None)
        self._gate = gate

    def handle(self, exchange: Exchange) -> None:
        """Answer at once."""
        request = exchange.request
        preflight = self._gate.preflight(request) if request.method == "OPTIONS" else None
        if preflight is not None:
            self._answer(exchange, preflight)
            return
        answer = self._find(request)
        headers = self._gate.headers_for(request.headers.get(b"origin"))
        self._answer(exchange, replace(answer, headers=(*answer.headers, *headers)))

    def refuse(self, exchange: Exchange, fault: Fault) -> None:
        """Answer a request that is not whole."""
        self._answer(exchange, words_of(exchange.request.path)(fault))

    def _find(self, request: Request) -> Answer:
        if request.method == "GET" and request.path in _SIGNS_OF_LIFE:
            return _SIGNS_OF_LIFE[request.path]
        if request.method == "GET" and request.path == METRICS and self._page.respond is not None:
            return self._page.respond(request) if self._gate.allows(request.headers) else self._page.words(UNAUTHORIZED)
        return words_of(request.path)(LOADING)

    def _answer(self, exchange: Exchange, answer: Answer) -> None:
        request = exchange.request
        self._metrics.began()
        exchange.answer(answer)
        label = request.path if request.path in LABELS else OTHER
        self._metrics.finished(label, answer.outcome, answer.status, time.perf_counter() - request.started)


def build_room(context: Context) -> WebService:
    """The server without a model."""
    # Nobody stays: the next request is for a worker, if there is one by then.
    limits = Limits(keeps_alive=False)
    main = Doors(context.loop, RoomApplication(context, KeyGate(context.settings)), limits)
    beside = Doors(context.loop, RoomApplication(context, OpenGate()), limits)
    return WebService([Entrance(main, context.sockets[:1]), Entrance(beside, context.sockets[1:])], None, {}, Ends())
