"""The time as JSON lines tell it."""

from __future__ import annotations

import time
from typing import Tuple


class Clock:
    """Formats times as RFC 3339 has them, in UTC with milliseconds: `2026-01-31T12:00:00.123Z`.

    Most lines fall in the second of the line before, whose text is kept.
    """

    def __init__(self) -> None:
        self._last: Tuple[int, str] = (-1, "")

    def text(self, seconds: float) -> str:
        """The time so many seconds after 1970."""
        milliseconds = int(seconds * 1000)
        second = milliseconds // 1000
        known, words = self._last
        if known != second:
            words = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
            self._last = (second, words)
        return f"{words}.{milliseconds % 1000:03d}Z"
