"""The access log: one line for each request that was answered. Never who asked, never what was asked or answered."""

from __future__ import annotations

from typing import AbstractSet

from ..web.answer import Answer
from ..web.request import Request
from .writer import Writer

#: Asked every few seconds by engines and orchestrators: in the log they would push everything else out of sight.
PROBES = frozenset(
    ("/ping", "/health", "/health/live", "/health/ready", "/v2/health/live", "/v2/health/ready"),
)


class AccessLog:
    """Forms lines on the event loop's thread; the writer's thread writes them."""

    def __init__(self, writer: Writer, probes: AbstractSet[str] = PROBES) -> None:
        self._writer = writer
        self._line = writer.format.request
        self._probes = probes

    def add(self, request: Request, answer: Answer, seconds: float) -> None:
        """The request got this answer, so many seconds after it came."""
        if request.path not in self._probes:
            self._writer.add_later(self._line(request, answer, seconds))
