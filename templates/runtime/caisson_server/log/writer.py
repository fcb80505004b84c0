"""Lines of the log that wait for a thread to write them, so that nobody else ever waits for stderr."""

from __future__ import annotations

from collections import deque
from typing import Deque, Iterator, List

from ..background import Background
from . import stderr
from .formats import WARNING, Format

#: How long lines of the access log wait for others to be written with.
_GATHER_SECONDS = 0.2
#: Of lines that may wait: those of the access log, and the others, which may be long.
_MOST_LATER = 8192
_MOST_AT_ONCE = 256
#: Written together: as much as a pipe holds. After each block the other processes have their turn.
_BLOCK_CHARACTERS = 65536


class Writer:
    """Two bounded queues: lines that want to be seen at once, and the access log.

    What does not fit is dropped, and the log tells how much that was. `add` may be called from any thread, `add_later`
    only from the event loop's.
    """

    def __init__(self, line_format: Format) -> None:
        self.format = line_format
        self._at_once: Deque[str] = deque()
        self._later: Deque[str] = deque()
        self._dropped = 0
        self._dropped_later = 0
        self._reported = 0
        self._thread = Background("log", self._write, _GATHER_SECONDS)

    def add(self, line: str) -> None:
        """A line without its end; written at once."""
        if len(self._at_once) >= _MOST_AT_ONCE:
            # Two threads may count two for one: better than a lock that the event loop waits for.
            self._dropped += 1
            return
        self._at_once.append(line)
        self._thread.hurry()
        self._thread.call()

    def add_later(self, line: str) -> None:
        """A line without its end; written within 0.2 s."""
        waiting = len(self._later)
        if waiting >= _MOST_LATER:
            self._dropped_later += 1
            return
        self._later.append(line)
        if not self._thread.is_called:
            self._thread.call()
        elif waiting == _MOST_LATER // 2:
            self._thread.hurry()

    def close(self, seconds: float) -> None:
        """Write what waits. Returns after so many seconds, whether or not it could be written."""
        self._thread.close(seconds)

    def _write(self) -> None:
        for block in self._blocks():
            stderr.write(block, patience=None)

    def _blocks(self) -> Iterator[str]:
        """All that waits, many lines at a time."""
        block: List[str] = []
        length = 0
        for line in self._waiting():
            block.append(line + "\n")
            length += len(line) + 1
            if length >= _BLOCK_CHARACTERS:
                yield "".join(block)
                block, length = [], 0
        if block:
            yield "".join(block)

    def _waiting(self) -> Iterator[str]:
        while True:
            # Again before each line, so that an error stands before the line of its request.
            if self._at_once:
                yield self._at_once.popleft()
            elif self._later:
                yield self._later.popleft()
            else:
                break
        dropped = self._dropped + self._dropped_later
        if dropped > self._reported:
            new, self._reported = dropped - self._reported, dropped
            yield self.format.note(WARNING, f"dropped {new} lines of the log: stderr did not take them in time")
