"""The head of an answer as bytes."""

from __future__ import annotations

import time
from email.utils import formatdate
from http import HTTPStatus
from typing import Dict

from ..answer import Answer

_REASONS: Dict[int, bytes] = {status.value: status.phrase.encode() for status in HTTPStatus}
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class _Clock:
    """The Date header, made once a second."""

    second = 0
    line = b""


def _date(now: float) -> bytes:
    if int(now) != _Clock.second:
        _Clock.second = int(now)
        _Clock.line = formatdate(now, usegmt=True).encode()
    return _Clock.line


def head_of(answer: Answer, request_id: str, connection: bytes) -> bytes:
    """Status line and headers; `connection` is the value of that header, empty for none."""
    lines = [
        b"HTTP/1.1 %d %s\r\ndate: %s\r\ncontent-type: %s\r\ncontent-length: %d\r\nx-request-id: %s\r\n"
        % (
            answer.status,
            _REASONS.get(answer.status, b""),
            _date(time.time()),
            answer.content_type.encode("latin-1"),
            len(answer.body),
            request_id.encode("latin-1"),
        )
    ]
    lines += [b"%s: %s\r\n" % pair for pair in answer.headers]
    if connection:
        lines.append(b"connection: %s\r\n" % connection)
    lines.append(b"\r\n")
    return b"".join(lines)
