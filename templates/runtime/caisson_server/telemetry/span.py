"""One span, and what the semantic conventions want to be said of a request.

https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server
"""

from __future__ import annotations

import re
from typing import Dict, NamedTuple, Union

from ..web.answer import BAD_INPUT, OK, Answer
from ..web.request import Request

#: OTLP's numbers.
INTERNAL, SERVER = 1, 2

Value = Union[str, int]
Attributes = Dict[str, Value]

_KNOWN_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"))
#: `example.org`, `[::1]:5001`.
_HOST = re.compile(r"(\[[0-9a-fA-F:.]{2,64}\]|[\w.-]{1,255})(?::([0-9]{1,5}))?", re.ASCII)
_SERVER_ERRORS = 500
_MOST_CHARACTERS = 1024


class Stage(NamedTuple):
    """A part of the work on a request. Times are those of `time.perf_counter`."""

    #: Such as `queue` or `predict`.
    name: str
    start: float
    end: float


class Span(NamedTuple):
    """A finished span. Ids are lower-case hexadecimal, times nanoseconds since 1970."""

    trace_id: str
    span_id: str
    #: Empty for the first span of a trace.
    parent_id: str
    #: Whether the parent belongs to another process.
    is_parent_remote: bool
    state: str
    name: str
    kind: int
    start: int
    end: int
    attributes: Attributes
    #: What went wrong here, empty when nothing did.
    error: str = ""


def request_name(request: Request, route: str) -> str:
    """`POST /predict`; `route` is empty when the path is none of the server's."""
    method = request.method if request.method in _KNOWN_METHODS else "HTTP"
    return f"{method} {route}" if route else method


def request_attributes(request: Request, route: str, answer: Answer) -> Attributes:
    """Nothing of the bodies, the query or the client's address is among them."""
    is_known = request.method in _KNOWN_METHODS
    attributes: Attributes = {
        "http.request.method": request.method if is_known else "_OTHER",
        "url.path": request.path[:_MOST_CHARACTERS],
        "url.scheme": "http",
        "http.response.status_code": answer.status,
        "caisson.request_id": request.id,
        "caisson.outcome": answer.outcome,
    }
    if not is_known:
        attributes["http.request.method_original"] = request.method[:_MOST_CHARACTERS]
    if route:
        attributes["http.route"] = route
    agent = request.header(b"user-agent")
    if agent:
        attributes["user_agent.original"] = agent[:_MOST_CHARACTERS]
    error = request_error(answer)
    if error:
        attributes["error.type"] = error
    return {**attributes, **_server(request.header(b"host") or "")}


def _server(host: str) -> Attributes:
    """The name by which the client knows the server, and the port when it is not the scheme's own."""
    found = _HOST.fullmatch(host)
    if found is None:
        return {}
    name, port = found.groups()
    address: Attributes = {"server.address": name}
    return address if port is None else {**address, "server.port": int(port)}


def request_error(answer: Answer) -> str:
    """Why the answer is the server's failure: the outcome, or the status as a text. Empty when it is not.

    MLflow's protocol answers 400 when the model fails, so the status alone does not tell.
    """
    if answer.outcome not in (OK, BAD_INPUT):
        return answer.outcome
    return str(answer.status) if answer.status >= _SERVER_ERRORS else ""
