"""From bytes to whole requests, one after the other, within limits."""

from __future__ import annotations

import time
from typing import Callable, Dict, Optional, Union

from ... import log
from ..faults import (
    BAD_HTTP,
    HEAD_TOO_LARGE,
    OVERLOADED,
    TARGET_TOO_LONG,
    TOO_LARGE,
    UNKNOWN_CODING,
    Fault,
)
from ..request import Request
from .limits import Limits
from .parsers import BadRequestError, UpgradeError, new_parser

#: What is being read.
NOTHING, HEAD, BODY = range(3)
#: No length of a body has more digits.
_MOST_DIGITS = 20
#: What the framing of a chunked body may add to it: that of chunks of one byte, and of trailers.
_MOST_FRAMING = 8


class Budget:
    """Bytes of bodies that one process holds or has promised to read, until they are answered."""

    def __init__(self, most: int) -> None:
        self.held = 0
        self._most = most

    def has_room_for(self, size: int) -> bool:
        """Whether so many bytes more may come."""
        return self.held + size <= self._most


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
        self._body: Union[bytes, bytearray] = b""
        self.size = 0
        #: What the budget holds for this body.
        self._reserved = 0
        self._framing = 0
        self._head_bytes = 0
        self._header_count = 0
        self._started = time.perf_counter()

    def feed(self, data: bytes) -> None:
        """Read on. `refusal` may be set after it."""
        phase, headers, size = self.phase, self._headers, self.size
        if self.phase == NOTHING:
            self._enter(HEAD)
        self._parse(data)
        if self.refusal is None and self.phase == phase and self._headers is headers:
            # All of it belongs to a request that began before and has not ended yet.
            self._count(len(data), self.size - size)

    def partial(self) -> Request:
        """As much as is known of a request that is not whole."""
        if not self._target:
            return Request("-", b"-", {}, self._started)
        return Request(self._method(), self._target, self._headers, self._started)

    def drop(self) -> None:
        """Let go of what was read of a body."""
        self._budget.held -= self._reserved
        self._body, self.size, self._reserved = b"", 0, 0

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
        self.refusal = self._check_body()
        if self.refusal is None and b"expect" in self._headers:
            self._go_on()

    def on_body(self, part: bytes) -> None:
        """A part of the body."""
        if self.refusal is not None:
            return
        if self._body:
            # Not a list of parts: a chunk of one byte would cost as much as forty.
            self._body = self._body if isinstance(self._body, bytearray) else bytearray(self._body)
            self._body += part
        else:
            self._body = part
        self.size += len(part)
        if self.size > self._limits.body:
            self.refusal = TOO_LARGE
        elif self.size > self._reserved:
            self.refusal = self._reserve(self.size - self._reserved)

    def on_message_complete(self) -> None:
        """The request is whole."""
        if self.refusal is not None or self._is_cut_off:
            return
        request = Request(self._method(), self._target, self._headers, self._started)
        request.body = bytes(self._body)
        # The budget holds it until it is answered.
        self._body, self.size, self._reserved = b"", 0, 0
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
                if self.refusal is not None:
                    return
                data = self._head_without_upgrade() + error.rest if self._is_cut_off else error.rest
                self._parser = new_parser(self)
            except BadRequestError:
                self.refusal = self.refusal or BAD_HTTP
                return
            except Exception as error:  # noqa: BLE001 - the connection must not be left without an answer
                log.exception(None, error)
                self.refusal = self.refusal or BAD_HTTP
                return
            else:
                return

    def _count(self, fed: int, grown: int) -> None:
        """Bytes of a head that goes on, or of a body's chunks and trailers."""
        if self.phase == HEAD:
            self._head_bytes += fed
            self._check_head()
            return
        self._framing += fed - grown
        if self._framing > self._limits.head + _MOST_FRAMING * self.size:
            self.refusal = HEAD_TOO_LARGE

    def _check_head(self) -> None:
        if self._head_bytes > self._limits.head or self._header_count > self._limits.headers:
            self.refusal = self.refusal or HEAD_TOO_LARGE

    def _check_body(self) -> Optional[Fault]:
        """What may not come at all, by its head."""
        if self._method() == "CONNECT" or self.http_version not in ("1.0", "1.1"):
            # This is no proxy, and the parser would take all that follows for another protocol.
            return BAD_HTTP
        coding = self._headers.get(b"transfer-encoding", b"chunked")
        if coding.strip().lower() != b"chunked":
            return UNKNOWN_CODING
        length = self._headers.get(b"content-length", b"0")
        if len(length.lstrip(b"0")) > _MOST_DIGITS or int(length[-_MOST_DIGITS:]) > self._limits.body:
            return TOO_LARGE
        return self._reserve(int(length[-_MOST_DIGITS:]))

    def _reserve(self, size: int) -> Optional[Fault]:
        if not self._budget.has_room_for(size):
            return OVERLOADED
        self._budget.held += size
        self._reserved += size
        return None

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
        said = self._headers.get(b"connection", b"").lower().split(b",")
        wishes = [token.strip() for token in said if token.strip() in (b"close", b"keep-alive")]
        headers = {name: value for name, value in self._headers.items() if name != b"upgrade"}
        headers[b"connection"] = b", ".join(wishes)
        first = b"%s %s HTTP/%s" % (self._parser.get_method(), self._target, self.http_version.encode())
        self.drop()
        return b"\r\n".join([first, *(b"%s: %s" % pair for pair in headers.items())]) + b"\r\n\r\n"
