"""The ASGI application: a handful of routes, one answer for each request, one log line for each answer."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Awaitable, Callable, Mapping
from urllib.parse import quote

from .. import log
from .answer import BAD_INPUT, Answer, json_answer
from .faults import (
    GONE,
    INTERNAL,
    LOADING,
    TIMED_OUT,
    TOO_LARGE,
    Dialect,
    in_mlflow_words,
    in_plain_words,
    in_predict_words,
)
from .pool import PredictionPool
from .request import BodyTooLargeError, ClientGoneError, Receive, Request, Scope, Send
from .state import Call, Scorer, ServerState

Handler = Callable[[Request], Awaitable[Answer]]

#: Asked every few seconds by engines and orchestrators: in the log they would push everything else out of sight.
_PROBES = frozenset(("/ping", "/health", "/health/live", "/health/ready"))


@dataclass(frozen=True)
class Route:
    """Who answers a path, and how it speaks of faults."""

    method: str
    handler: Handler
    dialect: Dialect


class Application:
    """Serves the state's scorer; `timeout` is in seconds and covers reading the body too."""

    def __init__(self, state: ServerState, pool: PredictionPool, timeout: float) -> None:
        self._state = state
        self._pool = pool
        self._timeout = timeout
        self._routes: Mapping[str, Route] = {
            "/ping": Route("GET", self._ping, in_plain_words),
            "/health": Route("GET", self._ping, in_plain_words),
            "/version": Route("GET", self._version, in_plain_words),
            "/health/live": Route("GET", self._live, in_plain_words),
            "/health/ready": Route("GET", self._ready, in_plain_words),
            "/invocations": Route("POST", self._invocations, in_mlflow_words),
            "/predict": Route("POST", self._predict, in_predict_words),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One ASGI call; anything but HTTP is ignored."""
        if scope["type"] != "http":
            return
        started = time.perf_counter()
        request = Request(scope, receive)
        answer = await self._answer(request)
        await _send(answer, request.id, send)
        if request.path in _PROBES:
            return
        milliseconds = (time.perf_counter() - started) * 1000
        log.access(
            {
                "method": request.method,
                "path": quote(request.path, safe="/:@"),
                "status": answer.status,
                "outcome": answer.outcome,
                "ms": f"{milliseconds:.1f}",
                "id": request.id,
            }
        )

    async def _answer(self, request: Request) -> Answer:
        route = self._routes.get(request.path)
        if route is None:
            return json_answer(404, {"detail": "Not Found"}, BAD_INPUT)
        if request.method != route.method:
            return _method_not_allowed(route.method)
        try:
            return await asyncio.wait_for(route.handler(request), self._timeout)
        except asyncio.TimeoutError:
            return route.dialect(TIMED_OUT)
        except BodyTooLargeError:
            return route.dialect(TOO_LARGE)
        except ClientGoneError:
            return route.dialect(GONE)
        except NotReadyError:
            return route.dialect(LOADING)
        except Exception as error:  # noqa: BLE001 - the last resort of every route
            log.exception(request.id, error)
            return route.dialect(INTERNAL)

    def _scorer(self) -> Scorer:
        if self._state.scorer is None:
            raise NotReadyError
        return self._state.scorer

    async def _ping(self, _request: Request) -> Answer:
        self._scorer()
        return Answer(200, b"\n")

    async def _version(self, _request: Request) -> Answer:
        return Answer(200, self._scorer().version.encode())

    async def _live(self, _request: Request) -> Answer:
        return json_answer(200, {"status": "live"})

    async def _ready(self, _request: Request) -> Answer:
        self._scorer()
        if self._state.stopping:
            raise NotReadyError
        return json_answer(200, {"status": "ready"})

    async def _invocations(self, request: Request) -> Answer:
        return await self._pool.run(self._scorer().invocations, await _call(request))

    async def _predict(self, request: Request) -> Answer:
        return await self._pool.run(self._scorer().predict, await _call(request))


class NotReadyError(Exception):
    """There is no model to ask, or soon none any more."""


async def _call(request: Request) -> Call:
    return Call(await request.body(), request.header(b"content-type"), request.id)


def _method_not_allowed(allowed: str) -> Answer:
    answer = json_answer(405, {"detail": "Method Not Allowed"}, BAD_INPUT)
    return Answer(
        answer.status,
        answer.body,
        outcome=answer.outcome,
        headers=((b"allow", allowed.encode()),),
    )


async def _send(answer: Answer, request_id: str, send: Send) -> None:
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", str(len(answer.body)).encode()),
        (b"x-request-id", request_id.encode()),
        *answer.headers,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
