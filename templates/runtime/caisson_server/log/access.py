"""The access log: one line for each request that was answered. Never who asked, never what was asked or answered."""

from __future__ import annotations

from ..web.answer import Answer
from ..web.request import Request
from .writer import Writer


class AccessLog:
    """Forms lines on the event loop's thread; the writer's thread writes them."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._line = writer.format.request

    def add(self, request: Request, answer: Answer, seconds: float) -> None:
        """The request got this answer, so many seconds after it came."""
        self._writer.add_later(self._line(request, answer, seconds))
