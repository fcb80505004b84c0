"""What goes wrong outside the model, in the three dialects of the routes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Callable, Dict, Tuple

from .answer import (
    BAD_INPUT,
    CLIENT_GONE,
    NOT_READY,
    SERVER_ERROR,
    TIMEOUT,
    Answer,
)


@dataclass(frozen=True)
class Fault:
    """A status with its words; `code` is MLflow's."""

    status: int
    code: str
    error: str
    detail: str
    outcome: str
    headers: Tuple[Tuple[bytes, bytes], ...] = ()


LOADING = Fault(
    503,
    "TEMPORARILY_UNAVAILABLE",
    "The model is not ready",
    "it is being loaded, try again soon",
    NOT_READY,
    ((b"retry-after", b"1"),),
)
TIMED_OUT = Fault(
    504,
    "DEADLINE_EXCEEDED",
    "Request processing time exceeded limit",
    "the limit is MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT",
    TIMEOUT,
)
TOO_LARGE = Fault(
    413,
    "BAD_REQUEST",
    "The body is too large",
    "the limit is 100 MB",
    BAD_INPUT,
    ((b"connection", b"close"),),
)
#: Nobody reads this answer; the log line does tell.
GONE = Fault(400, "CANCELLED", "The client went away", "the body is not whole", CLIENT_GONE)
INTERNAL = Fault(
    500,
    "INTERNAL_ERROR",
    "The server failed",
    "the log has the reason under the id of this request",
    SERVER_ERROR,
)

Dialect = Callable[[Fault], Answer]


def in_mlflow_words(fault: Fault) -> Answer:
    """As `/invocations` answers: `{"error_code": …, "message": …}`."""
    return _answer(fault, {"error_code": fault.code, "message": fault.error})


def in_predict_words(fault: Fault) -> Answer:
    """As `/predict` answers: `{"error": …, "detail": …}`."""
    return _answer(fault, {"error": fault.error, "detail": fault.detail})


def in_plain_words(fault: Fault) -> Answer:
    """As the other routes answer: `{"detail": …}`."""
    return _answer(fault, {"detail": fault.error})


def _answer(fault: Fault, value: Dict[str, Any]) -> Answer:
    return Answer(
        fault.status,
        json.dumps(value).encode(),
        outcome=fault.outcome,
        headers=fault.headers,
    )
