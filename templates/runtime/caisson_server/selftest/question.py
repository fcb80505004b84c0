"""One request with what is expected of its answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Mapping, Optional

JSON = "application/json"

#: Where a question comes from. SIGNATURE is made up and fair; GUESS is made up, and the model may well refuse it.
YOURS = "yours"
SAVED_EXAMPLE = "saved_example"
SIGNATURE = "signature"
GUESS = "guess"

_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Expected:
    """The predictions that must come; `value` is JSON."""

    value: Any
    tolerance: float


@dataclass(frozen=True)
class Question:
    """A request to a scoring route."""

    source: str
    path: str
    body: bytes
    content_type: str = JSON
    status: int = 200
    #: None: any predictions will do.
    expected: Optional[Expected] = None
    #: Whether the answer is an object with `predictions`; models for chats may answer otherwise.
    has_predictions: bool = True


def json_body(value: Any) -> bytes:
    """As it is sent."""
    return json.dumps(value).encode()


def own_question(line: bytes) -> Question:
    """The user's request, which caisson has checked: see docs/self-test.md."""
    given: Mapping[str, Any] = json.loads(line)
    is_inputs = "inputs" in given
    request = {"inputs": given["inputs"]} if is_inputs else given["request"]
    expected = Expected(given["expected"], given.get("tolerance", _TOLERANCE)) if "expected" in given else None
    return Question(
        source=YOURS,
        path=given.get("path", "/predict" if is_inputs else "/invocations"),
        body=request.encode("utf-8", "replace") if isinstance(request, str) else json_body(request),
        content_type=given.get("content_type", JSON),
        status=given.get("status", 200),
        expected=expected,
        has_predictions=not is_for_chats(request),
    )


def is_for_chats(body: Any) -> bool:
    """Whether it is in the form for language models, whose answers have a form of their own."""
    return isinstance(body, dict) and any(key in body for key in ("messages", "prompt", "input"))
