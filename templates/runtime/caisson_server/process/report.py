"""A message from a child to the supervisor, through a pipe: facts when it is ready, or why it failed."""

from __future__ import annotations

import json
import os
from typing import Any, Dict, Mapping, Optional

from .. import log
from ..errors import ConfigurationError, StartupError
from .deaths import describe

_LONGEST_REASON = 4000
_CHUNK = 65536

Message = Dict[str, Any]


class Report:
    """Made before the fork; the child sends, the supervisor receives."""

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)

    def send(self, message: Message) -> None:
        """In the child; the last message counts."""
        os.write(self._writer, json.dumps(message).encode() + b"\n")

    def send_ready(self, workers: int, facts: Mapping[str, Any]) -> None:
        """In a worker: it serves, as one of so many. The facts are for the log."""
        self.send({"workers": workers, "facts": dict(facts)})

    def send_failure(self, error: BaseException) -> None:
        """In the child: why it cannot serve. The stack trace of an unexpected error goes to the log."""
        is_own = isinstance(error, StartupError)
        if not is_own:
            log.exception(None, error)
        reason = str(error) if is_own else f"{type(error).__name__}: {error}"
        code = error.exit_code if isinstance(error, StartupError) else 1
        self.send({"failed": reason[:_LONGEST_REASON], "code": code})

    def receive(self) -> Optional[Message]:
        """In the supervisor: the message, or None when there is none (yet)."""
        try:
            data = os.read(self._reader, _CHUNK)
        except BlockingIOError:
            return None
        if not data.endswith(b"\n"):
            return None
        message: Message = json.loads(data.splitlines()[-1])
        return message

    def close_sender(self) -> None:
        """In the supervisor, after the fork."""
        os.close(self._writer)

    def close(self) -> None:
        """In the supervisor, when the child is gone."""
        os.close(self._reader)


def is_ready(message: Message) -> bool:
    """Whether it is what `send_ready` sends."""
    return "facts" in message


def failure_reason(message: Optional[Message]) -> Optional[str]:
    """What `send_failure` sent, or None."""
    return None if message is None else message.get("failed")


def failure(message: Optional[Message], status: int, work: str) -> StartupError:
    """The error of a child that failed at its work, by its own words where it left some."""
    reason = failure_reason(message)
    if message is None or reason is None:
        return StartupError(f"the process that {work} {describe(status)}")
    kind = ConfigurationError if message["code"] == ConfigurationError.exit_code else StartupError
    return kind(reason)
