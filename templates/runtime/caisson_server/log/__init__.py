"""The server's log: lines on stderr, which `docker logs` shows and `caisson run` follows.

stderr.py   whole lines, whatever else writes at the same time: threads, and the other processes of the server
formats.py  what happened as a line of text, or as a JSON object
clock.py    the time as JSON lines tell it
writer.py   a thread that writes, so that no event loop ever waits for stderr
access.py   AccessLog: one line for each request

By default a line is written before the call returns. A process that serves calls `in_background` after it was forked.
"""

from __future__ import annotations

import json
import os
from typing import Any, Mapping, Optional

from ..redaction import strip_secrets
from . import stderr
from .access import AccessLog
from .formats import ERROR, INFO, WARNING, Format, JsonFormat, TextFormat
from .writer import Writer

__all__ = [
    "ERROR",
    "INFO",
    "WARNING",
    "AccessLog",
    "close",
    "configure",
    "exception",
    "failed",
    "in_background",
    "note",
    "ready",
    "write",
]


class _State:
    format: Format = TextFormat()
    writer: Optional[Writer] = None


def configure(log_format: str) -> None:
    """Write `text` or `json` from now on; for the supervisor, before it forks."""
    _State.format = JsonFormat() if log_format == "json" else TextFormat()
    stderr.share()


def in_background() -> Writer:
    """From now on this process's lines are written by a thread, which starts with the first of them.

    Called once in each process that serves, after the fork: the supervisor must not have threads.
    """
    _State.writer = Writer(_State.format)
    return _State.writer


def close(seconds: float = 0.5) -> None:
    """Write what waits, for so many seconds at most; from then on lines are written at once again."""
    writer, _State.writer = _State.writer, None
    if writer is not None:
        writer.close(seconds)


def write(line: str) -> None:
    """One line of text, in JSON as the message of an object."""
    _emit(_State.format.message(INFO, line))


def ready(facts: Mapping[str, Any]) -> None:
    """The line that `caisson run` waits for: text in both formats."""
    _emit("caisson ready " + json.dumps(facts))


def failed(reason: str) -> None:
    """The last line of a start that failed, text in both formats: the reason on one line, without secrets."""
    _emit("caisson failed: " + strip_secrets(" ".join(reason.split())))


def note(text: str, level: str = INFO) -> None:
    """Something that the operator may want to know; `level` (INFO, WARNING, ERROR) is for JSON."""
    _emit(_State.format.note(level, strip_secrets(" ".join(text.split()))))


def exception(request_id: Optional[str], error: BaseException) -> None:
    """The stack trace that the answer does not have; None when no request is to blame."""
    _emit(_State.format.exception(request_id, error))


def _emit(line: str) -> None:
    writer = _State.writer
    if writer is None:
        stderr.write(line + "\n")
    else:
        writer.add(line)


def _after_fork() -> None:
    """In the child: the parent's thread is not there, and its locks may be held for ever."""
    _State.writer = None
    stderr.renew_lock()


os.register_at_fork(after_in_child=_after_fork)
