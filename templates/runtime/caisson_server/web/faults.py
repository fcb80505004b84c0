"""What goes wrong outside the model, in the words of each protocol."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Callable, Dict, Tuple

from .answer import BAD_INPUT, MODEL_ERROR, OVERLOAD, TIMEOUT, Answer

Headers = Tuple[Tuple[bytes, bytes], ...]

_SOON: Headers = ((b"retry-after", b"1"),)


@dataclass(frozen=True)
class Fault:
    """A status with its words; `code` is MLflow's."""

    status: int
    code: str
    error: str
    detail: str
    outcome: str = BAD_INPUT
    headers: Headers = ()


LOADING = Fault(
    503, "TEMPORARILY_UNAVAILABLE", "The model is not ready", "it is being loaded, try again soon", OVERLOAD, _SOON
)
STOPPING = Fault(503, "TEMPORARILY_UNAVAILABLE", "The server is stopping", "ask another one", OVERLOAD, _SOON)
OVERLOADED = Fault(
    503,
    "RESOURCE_EXHAUSTED",
    "The server has too much to do",
    "too many requests are waiting (CAISSON_QUEUE_SIZE), try again soon",
    OVERLOAD,
    _SOON,
)
TIMED_OUT = Fault(
    504,
    "DEADLINE_EXCEEDED",
    "Request processing time exceeded limit",
    "the limit is MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT",
    TIMEOUT,
)
TOO_LARGE = Fault(413, "BAD_REQUEST", "The body is too large", "the limit is 100 MiB")
TOO_SLOW = Fault(408, "BAD_REQUEST", "The request came too slowly", "send it faster")
NOT_WHOLE = Fault(400, "BAD_REQUEST", "The request is not whole", "the connection ended before its body did")
UNKNOWN_CODING = Fault(400, "BAD_REQUEST", "The Transfer-Encoding is not known", "send the body in chunks, or as it is")
BAD_HTTP = Fault(400, "BAD_REQUEST", "The request is not HTTP/1.1", "its bytes cannot be read")
TARGET_TOO_LONG = Fault(414, "BAD_REQUEST", "The URL is too long", "the limit is 16 KiB")
HEAD_TOO_LARGE = Fault(431, "BAD_REQUEST", "The headers are too large", "the limits are 64 KiB and 128 headers")
#: Nobody reads this answer; the log line does tell.
GONE = Fault(499, "CANCELLED", "The client went away", "nobody waits for the answer")
UNAUTHORIZED = Fault(
    401,
    "UNAUTHENTICATED",
    "An API key is needed",
    "send it as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'",
    BAD_INPUT,
    ((b"www-authenticate", b'Bearer realm="caisson"'),),
)
NOT_FOUND = Fault(404, "ENDPOINT_NOT_FOUND", "Not Found", "there is no such route")
INTERNAL = Fault(
    500, "INTERNAL_ERROR", "The server failed", "the log has the reason under the id of this request", MODEL_ERROR
)


def method_not_allowed(allowed: str) -> Fault:
    """405, with the method that the route knows."""
    headers = ((b"allow", allowed.encode("ascii")),)
    return Fault(405, "BAD_REQUEST", "Method Not Allowed", f"use {allowed}", BAD_INPUT, headers)


#: How a protocol speaks of faults.
Words = Callable[[Fault], Answer]


def in_mlflow_words(fault: Fault) -> Answer:
    """As `/invocations` answers: `{"error_code": …, "message": …}`."""
    return _answer(fault, {"error_code": fault.code, "message": fault.error})


def in_predict_words(fault: Fault) -> Answer:
    """As `/predict` and Azure ML's `/score` answer: `{"error": …, "detail": …}`."""
    return _answer(fault, {"error": fault.error, "detail": fault.detail})


def in_open_inference_words(fault: Fault) -> Answer:
    """As `/v2/…` answers: `{"error": …}`."""
    return _answer(fault, {"error": f"{fault.error}: {fault.detail}"})


def in_plain_words(fault: Fault) -> Answer:
    """As the other routes answer: `{"detail": …}`."""
    return _answer(fault, {"detail": fault.error})


def _answer(fault: Fault, value: Dict[str, Any]) -> Answer:
    return Answer(fault.status, json.dumps(value).encode(), outcome=fault.outcome, headers=fault.headers)
