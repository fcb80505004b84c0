"""One request to the server, over loopback."""

from __future__ import annotations

import http.client
import socket
import time
from dataclasses import dataclass
from typing import Optional

from .question import Question

#: Bytes of an answer; what is longer is cut, and then no JSON any more.
_LONGEST = 64 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What came. `status` is None when nothing did, and `body` says why."""

    status: Optional[int]
    body: bytes
    milliseconds: float


@dataclass(frozen=True)
class Server:
    """Where to ask, with which API key, and how long an answer may take."""

    port: int
    api_key: Optional[str]
    seconds: float


def ask(server: Server, question: Question) -> Answer:
    """Never raises for what the server does."""
    started = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=server.seconds)
    headers = {"Content-Type": question.content_type}
    if server.api_key is not None:
        headers["Authorization"] = f"Bearer {server.api_key}"
    try:
        connection.request("POST", question.path, question.body, headers)
        response = connection.getresponse()
        status, body = response.status, response.read(_LONGEST)
    except (OSError, http.client.HTTPException) as error:
        return Answer(None, _reason(error).encode(), _since(started))
    finally:
        connection.close()
    return Answer(status, body, _since(started))


def _reason(error: Exception) -> str:
    # Python 3.10 made this the same as TimeoutError.
    if isinstance(error, socket.timeout):
        return "no answer in time"
    return f"the server broke the connection off ({type(error).__name__})"


def _since(started: float) -> float:
    return round((time.monotonic() - started) * 1000, 1)
