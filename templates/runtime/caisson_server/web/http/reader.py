"""From bytes to whole requests, one after the other, within limits."""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, List, Optional

from ..faults import BAD_HTTP, HEAD_TOO_LARGE, OVERLOADED, TARGET_TOO_LONG, TOO_LARGE, Fault
from ..request import Request
from .limits import MIB, Limits
from .parsers import BadRequestError, UpgradeError, new_parser

#: What is being read.
NOTHING, HEAD, BODY = range(3)


class Budget:
    """Bytes of bodies that one process holds: being read, waiting, or not answered yet."""

    def __init__(self, most: int) -> None:
        self.held = 0
        self._most = most

    def has_room_for(self, size: int) -> bool:
        """Whether a body of this size may come. Small ones always may."""
        return size <= MIB or self.held + size <= self._most


class RequestReader:
    """Calls `deliver(request, keeps_alive)` for each whole request, and `go_on` when a client waits to be told so.

    The methods whose names begin with `on_` are the parser's.
    """

    def __init__(
        self, limits: Limits, budget: Budget, deliver: Callable[[Request, bool], None], go_on: Callable[[], None]
    ) -> None:
        self._limits = limits
        self._budget = budget
        self._deliver = deliver
        self._go_on = go_on
        self._parser = new_parser(self)
        self.phase = NOTHING
        #: When the phase began, by `time.perf_counter`.
        self.since = time.perf_counter()
        #: Why what is being read will never be a whole request; nothing more may be fed then.
        self.refusal: Optional[Fault] = None
        self._begin()

    def _begin(self) -> None:
        self._target = b""
        self._headers: Dict[bytes, bytes] = {}
        self._chunks: List[bytes] = []
        self.size = 0
        self._head_bytes = 0
        self._header_count = 0
        self._started = time.perf_counter()

    def feed(self, data: bytes) -> None:
        """Read on. `refusal` may be set after it."""
        head = self._headers if self.phase == HEAD else None
        if self.phase == NOTHING:
            self._enter(HEAD)
        self._parse(data)
        if self.refusal is None and self.phase == HEAD and head is self._headers:
            # All of it belongs to a head that began before and has not ended yet.
            self._head_bytes += len(data)
            self._check_head()

    def partial(self) -> Request:
        """As much as is known of a request that is not whole."""
        if not self._target:
            return Request("-", b"-", {}, self._started)
        return Request(self._method(), self._target, self._headers, self._started)

    def drop(self) -> None:
        """Let go of what was read of a body."""
        self._budget.held -= self.size
        self._chunks, self.size = [], 0

    @property
    def http_version(self) -> str:
        """1.0 or 1.1, of the last request."""
        version: str = self._parser.get_http_version()
        return version

    # The parser's calls.

    def on_message_begin(self) -> None:
        """A request begins; in one piece of data several may."""
        if self.refusal is None:
            self._begin()
            self._enter(HEAD)

    def on_url(self, part: bytes) -> None:
        """A part of the target."""
        self._target += part
        if len(self._target) > self._limits.target:
            self.refusal = self.refusal or TARGET_TOO_LONG

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header. What comes after a chunked body is none."""
        if self.phase != HEAD:
            return
        self._headers[name.lower()] = value
        self._header_count += 1
        self._head_bytes += len(name) + len(value)

    def on_headers_complete(self) -> None:
        """The head is whole, a body may follow."""
        self._check_head()
        if self.refusal is not None:
            return
        self._enter(BODY)
        length = self._headers.get(b"content-length")
        if length is not None:
            self.refusal = self._check_length(int(length))
        if self.refusal is None and b"expect" in self._headers:
            self._go_on()

    def on_body(self, part: bytes) -> None:
        """A part of the body."""
        if self.refusal is not None:
            return
        self._chunks.append(part)
        self.size += len(part)
        self._budget.held += len(part)
        if self.size > self._limits.body:
            self.refusal = TOO_LARGE

    def on_message_complete(self) -> None:
        """The request is whole."""
        if self.refusal is not None or self._is_cut_off:
            return
        request = Request(self._method(), self._target, self._headers, self._started)
        request.body = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        self._chunks, self.size = [], 0
        self._enter(NOTHING)
        self._deliver(request, self._parser.should_keep_alive())

    # Inside.

    def _enter(self, phase: int) -> None:
        self.phase = phase
        self.since = time.perf_counter()

    def _parse(self, data: bytes) -> None:
        while data:
            try:
                self._parser.feed_data(data)
            except UpgradeError as error:  # noqa: PERF203 - hardly ever more than one round
                data = self._head_without_upgrade() + error.rest if self._is_cut_off else error.rest
                self._parser = new_parser(self)
            except BadRequestError:
                self.refusal = self.refusal or BAD_HTTP
                return
            else:
                return

    def _check_head(self) -> None:
        if self._head_bytes > self._limits.head or self._header_count > self._limits.headers:
            self.refusal = self.refusal or HEAD_TOO_LARGE

    def _check_length(self, length: int) -> Optional[Fault]:
        if length > self._limits.body:
            return TOO_LARGE
        return None if self._budget.has_room_for(length) else OVERLOADED

    def _method(self) -> str:
        method: bytes = self._parser.get_method()
        return method.decode("ascii", "replace")

    @property
    def _is_cut_off(self) -> bool:
        """Whether the parser believes that a body which follows is already in the other protocol."""
        if not self._parser.should_upgrade():
            return False
        return b"content-length" in self._headers or b"transfer-encoding" in self._headers

    def _head_without_upgrade(self) -> bytes:
        """The head once more, so that its body is read as HTTP."""
        kept = [pair for pair in self._headers.items() if pair[0] not in (b"upgrade", b"connection")]
        lines: List[Any] = [b"%s %s HTTP/1.1" % (self._parser.get_method(), self._target)]
        lines += [b"%s: %s" % pair for pair in kept]
        return b"\r\n".join(lines) + b"\r\n\r\n"
