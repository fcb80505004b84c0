"""What happened, as a line of text or as a JSON object in a line."""

from __future__ import annotations

import json
import time
import traceback
from typing import Any, Callable, Dict, Optional, Protocol, Tuple
from urllib.parse import quote

from ..redaction import strip_secrets
from ..web.answer import Answer
from ..web.request import Request
from .clock import Clock

INFO, WARNING, ERROR = "info", "warning", "error"

#: Characters of a stack trace. Of a longer one the middle is left out.
_LONGEST_TRACE = 16_384
_MOST_NAMES = 512
_LONGEST_NAME = 256


class Format(Protocol):
    """How lines look. They are returned without the end of the line."""

    def message(self, level: str, text: str) -> str:
        """A line as it is."""

    def note(self, level: str, text: str) -> str:
        """Something that the server says of itself."""

    def exception(self, request_id: Optional[str], error: BaseException) -> str:
        """An error with its stack trace."""

    def request(self, request: Request, answer: Answer, seconds: float) -> str:
        """A request that got this answer, so many seconds after it came."""


class TextFormat:
    """For people. The time is not in it: engines add their own."""

    def __init__(self) -> None:
        self._name = _remembered(lambda method, path: f"request method={method} path={path} status=")

    def message(self, _level: str, text: str) -> str:
        """The text itself."""
        return text

    def note(self, _level: str, text: str) -> str:
        """`caisson …`."""
        return f"caisson {text}"

    def exception(self, request_id: Optional[str], error: BaseException) -> str:
        """Several lines, written together."""
        about = "error" if request_id is None else f"error id={request_id}"
        return f"{about}\n{_trace(error)}"

    def request(self, request: Request, answer: Answer, seconds: float) -> str:
        """`request method=POST path=/predict status=200 outcome=ok ms=1.25 id=…`."""
        name = self._name(request.method, request.path)
        return f"{name}{answer.status} outcome={answer.outcome} ms={seconds * 1000:.2f} id={request.id}"


class JsonFormat:
    """For machines: every line is an object with `time`, `level` and `message` or `event`."""

    def __init__(self) -> None:
        self._clock = Clock()
        self._name = _remembered(lambda method, path: f'"method": "{method}", "path": "{path}", "status": ')

    def message(self, level: str, text: str) -> str:
        """`{"time": …, "level": …, "message": …}`."""
        return self._object(level, {"message": text})

    def note(self, level: str, text: str) -> str:
        """As a message."""
        return self._object(level, {"message": text})

    def exception(self, request_id: Optional[str], error: BaseException) -> str:
        """The end of the stack trace is the message."""
        trace = _trace(error)
        fields: Dict[str, Any] = {"event": "error", "message": trace.rsplit("\n", 1)[-1]}
        if request_id is not None:
            fields["id"] = request_id
        return self._object(ERROR, {**fields, "trace": trace})

    def request(self, request: Request, answer: Answer, seconds: float) -> str:
        """`{"time": …, "level": "info", "event": "request", "method": "POST", …}`."""
        # Put together by hand: json.dumps takes several times as long.
        head = f'{{"time": "{self._clock.text(time.time())}", "level": "info", "event": "request", '
        name = self._name(request.method, request.path)
        tail = f'{answer.status}, "outcome": "{answer.outcome}", "ms": {seconds * 1000:.2f}, "id": "{request.id}"}}'
        return head + name + tail

    def _object(self, level: str, fields: Dict[str, Any]) -> str:
        return json.dumps({"time": self._clock.text(time.time()), "level": level, **fields})


def _remembered(make: Callable[[str, str], str]) -> Callable[[str, str], str]:
    """Make the words for a method and a path once: quoting takes longer than all the rest of a line.

    What is quoted has neither spaces nor anything that JSON escapes; ids have not either, see web/request.py.
    """
    known: Dict[Tuple[str, str], str] = {}

    def name(method: str, path: str) -> str:
        words = known.get((method, path))
        if words is None:
            if len(known) >= _MOST_NAMES:
                # Clients may make up as many paths as they like.
                known.clear()
            words = known[method, path] = make(
                quote(method[:_LONGEST_NAME], safe=""), quote(path[:_LONGEST_NAME], safe="/:@", errors="replace")
            )
        return words

    return name


def _trace(error: BaseException) -> str:
    trace = "".join(traceback.format_exception(type(error), error, error.__traceback__)).rstrip()
    if len(trace) > _LONGEST_TRACE:
        half = _LONGEST_TRACE // 2
        trace = f"{trace[:half]}\n[…]\n{trace[-half:]}"
    return strip_secrets(trace)
