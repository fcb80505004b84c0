"""One request with the way for its answer."""

from __future__ import annotations

from typing import Any

from ..answer import Answer
from ..request import Request


class Exchange:
    """Given to the application, which calls `answer` exactly once, on the event loop's thread."""

    __slots__ = ("_connection", "http_version", "is_answered", "is_gone", "keeps_alive", "request", "timer")

    def __init__(self, connection: Any, request: Request, *, keeps_alive: bool) -> None:
        self._connection = connection
        self.request = request
        #: Whether the client means to send more over this connection.
        self.keeps_alive = keeps_alive
        #: The client has closed the connection: nobody will read an answer.
        self.is_gone = False
        self.is_answered = False
        self.http_version = "1.1"
        #: For the application: what runs out when the request has taken too long.
        self.timer: Any = None

    def answer(self, answer: Answer) -> None:
        """Send it. A second answer, or one that nobody reads, is dropped."""
        if self.is_answered:
            return
        self.is_answered = True
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        self._connection.send(self, answer)
