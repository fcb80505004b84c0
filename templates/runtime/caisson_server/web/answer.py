"""One answer, and what became of the request in the operator's words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Tuple

#: Outcomes, whatever the status code says. The log and the metrics tell them apart.
OK = "ok"
BAD_INPUT = "bad_input"
MODEL_ERROR = "model_error"
TIMEOUT = "timeout"
OVERLOAD = "overload"
OUTCOMES = (OK, BAD_INPUT, MODEL_ERROR, TIMEOUT, OVERLOAD)

JSON_TYPE = "application/json"
TEXT_TYPE = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """Status, body and what the log says of it."""

    status: int
    body: bytes
    content_type: str = JSON_TYPE
    outcome: str = OK
    #: Further headers, names in lower case.
    headers: Tuple[Tuple[bytes, bytes], ...] = ()


def json_answer(status: int, value: Any, outcome: str = OK) -> Answer:
    """An answer of plain JSON values."""
    return Answer(status, json.dumps(value).encode(), outcome=outcome)
