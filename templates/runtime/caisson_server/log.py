"""The server's log: lines on stderr, which `docker logs` shows and `caisson run` follows."""

from __future__ import annotations

import json
import sys
import threading
import traceback
from typing import Any, Mapping

from .redaction import strip_user_info

_write_lock = threading.Lock()


def write(line: str) -> None:
    """One line, whole even when threads write at the same time."""
    with _write_lock:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


def ready(facts: Mapping[str, Any]) -> None:
    """The line that `caisson run` waits for."""
    write("caisson ready " + json.dumps(facts))


def failed(reason: str) -> None:
    """The last line of a start that failed: the reason on one line, without passwords."""
    write("caisson failed: " + strip_user_info(" ".join(reason.split())))


def note(text: str) -> None:
    """Something that the operator may want to know."""
    write("caisson " + strip_user_info(" ".join(text.split())))


def exception(request_id: str, error: BaseException) -> None:
    """The stack trace that the answer does not have."""
    trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    write(f"error id={request_id}\n{trace.rstrip()}")


def access(fields: Mapping[str, Any]) -> None:
    """One line per request, as `key=value` pairs."""
    write("request " + " ".join(f"{key}={value}" for key, value in fields.items()))
