"""One client: its requests are answered one after the other, in the order in which they came."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Any, Deque, Optional, Tuple

from ..answer import Answer
from ..faults import NOT_WHOLE, TOO_SLOW, Fault
from ..request import Request
from .exchange import Exchange
from .head import CONTINUE, head_of
from .reader import BODY, HEAD, NOTHING, RequestReader

_JOINED_BYTES = 64 * 1024

#: Whole requests have no fault; the others were refused before they were whole.
_Waiting = Tuple[Exchange, Optional[Fault]]


class Connection(asyncio.Protocol):
    """`doors` is the Doors that accepted it: it has the limits, the application and the list of all connections."""

    def __init__(self, doors: Any) -> None:
        self._doors = doors
        self._limits = doors.limits
        self._reader = RequestReader(doors.limits, doors.budget, self._take, self._tell_to_go_on)
        #: When the last answer was sent; before that, when the client came.
        self._since = time.perf_counter()
        self._is_new = True
        self._current: Optional[Exchange] = None
        self._waiting: Deque[_Waiting] = deque()
        self._is_paused = False
        #: The client has closed its side.
        self._has_ended = False
        #: A request was refused: whatever still comes is thrown away.
        self._is_refused = False
        self._thrown_away = 0
        #: The client takes its answers too slowly to be given another one.
        self._is_full = False
        self._answers = 0
        #: Of the answer that is on its way: which one, bytes, and since when.
        self._unsent = (0, 0, 0.0)

    # The transport's calls.

    def connection_made(self, transport: Any) -> None:
        """See asyncio.Protocol."""
        self._transport = transport
        self._doors.add(self)

    def connection_lost(self, _error: Optional[Exception]) -> None:
        """See asyncio.Protocol. What is being predicted for this client goes on; its answer is dropped."""
        self._doors.remove(self)
        self._reader.drop()
        if self._current is not None:
            self._current.is_gone = True
        self._forget_waiting()

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._is_refused:
            self._throw_away(len(data))
            return
        self._is_new = False
        self._reader.feed(data)
        if self._reader.refusal is not None:
            self._refuse(self._reader.refusal)

    def pause_writing(self) -> None:
        """See asyncio.Protocol."""
        self._is_full = True

    def resume_writing(self) -> None:
        """See asyncio.Protocol."""
        self._is_full = False
        self._go_on()

    def eof_received(self) -> bool:
        """See asyncio.Protocol. A client may close its half and still read its answers."""
        self._has_ended = True
        if not self._is_refused and self._reader.phase != NOTHING:
            self._refuse(NOT_WHOLE)
        return self._current is not None or bool(self._waiting)

    # The reader's calls.

    def _take(self, request: Request, keeps_alive: bool) -> None:  # noqa: FBT001 - a callback
        exchange = Exchange(self, request, keeps_alive=keeps_alive and self._limits.keeps_alive)
        exchange.http_version = self._reader.http_version
        self._enqueue(exchange, None)

    def _tell_to_go_on(self) -> None:
        if self._current is None:
            self._transport.write(CONTINUE)

    # Answers.

    def send(self, exchange: Exchange, answer: Answer) -> None:
        """Called by the exchange, once."""
        self._release(exchange)
        if exchange.is_gone:
            return
        is_last = not exchange.keeps_alive or (not self._waiting and (self._has_ended or self._doors.is_closing))
        head = head_of(answer, exchange.request.id, _connection_header(exchange, is_last=is_last))
        # It says how long the body would be, which a client that asks for the head alone does not read.
        self._write(head, b"" if exchange.request.method == "HEAD" else answer.body)
        self._answers += 1
        self._current = None
        self._since = time.perf_counter()
        if is_last:
            self._forget_waiting()
            self._part()
        else:
            self._go_on()

    # The doors' calls.

    def turn_out_when_slow(self, now: float) -> None:
        """Close the connection of a client that takes too long. `now` is that of `time.perf_counter`."""
        limits, reader = self._limits, self._reader
        if self._is_stalled(now):
            self._transport.abort()
        elif self._is_refused:
            if self._current is None and now - self._since > limits.linger_seconds:
                self._transport.close()
        elif self._is_paused:
            return
        elif reader.phase == HEAD:
            if now - reader.since > limits.head_seconds:
                self._refuse(TOO_SLOW)
        elif reader.phase == BODY:
            if now - reader.since > limits.body_seconds + reader.size / limits.slowest_rate:
                self._refuse(TOO_SLOW)
        elif self._current is None:
            self._turn_out_when_idle(now)

    def part_when_idle(self, now: float) -> None:
        """Close it unless it is busy, or was a moment ago: then its client may be sending already."""
        is_idle = self._current is None and not self._waiting and self._reader.phase == NOTHING
        if is_idle and now - self._since > self._limits.parting_seconds:
            self._transport.close()

    # Inside.

    def _turn_out_when_idle(self, now: float) -> None:
        patience = self._limits.first_byte_seconds if self._is_new else self._limits.idle_seconds
        if now - self._since > patience:
            self._transport.close()

    def _refuse(self, fault: Fault) -> None:
        """Answer what is not a whole request, and throw away whatever else comes."""
        self._is_refused = True
        self._since = time.perf_counter()
        request = self._reader.partial()
        self._reader.drop()
        self._enqueue(Exchange(self, request, keeps_alive=False), fault)

    def _enqueue(self, exchange: Exchange, fault: Optional[Fault]) -> None:
        if self._current is None and not self._waiting and not self._is_full:
            self._serve(exchange, fault)
            return
        self._waiting.append((exchange, fault))
        if not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()

    def _go_on(self) -> None:
        """To what came meanwhile, unless the client has to take its answers first."""
        if self._is_full or self._current is not None:
            return
        if self._waiting:
            # Not at once: thousands of small requests in one piece of data would nest as deeply.
            self._doors.loop.call_soon(self._serve_next)
        elif self._is_paused:
            self._resume()

    def _serve_next(self) -> None:
        if self._current is None and self._waiting and not self._is_full:
            self._serve(*self._waiting.popleft())

    def _serve(self, exchange: Exchange, fault: Optional[Fault]) -> None:
        self._current = exchange
        if fault is None:
            self._doors.application.handle(exchange)
        else:
            self._doors.application.refuse(exchange, fault)

    def _write(self, head: bytes, body: bytes) -> None:
        if len(body) <= _JOINED_BYTES:
            self._transport.write(head + body)
        else:
            self._transport.write(head)
            self._transport.write(body)

    def _forget_waiting(self) -> None:
        for exchange, _fault in self._waiting:
            exchange.is_gone = True
            self._release(exchange)
        self._waiting.clear()

    def _release(self, exchange: Exchange) -> None:
        self._doors.budget.held -= len(exchange.request.body)

    def _resume(self) -> None:
        self._is_paused = False
        self._reader.since = time.perf_counter()
        self._transport.resume_reading()

    def _part(self) -> None:
        """Close. Where something may still come, only this side: closing both would destroy the answer on its way."""
        if not self._is_refused or self._has_ended or not self._transport.can_write_eof():
            self._transport.close()
            return
        self._transport.write_eof()
        if self._is_paused:
            self._resume()

    def _throw_away(self, size: int) -> None:
        self._thrown_away += size
        if self._thrown_away > self._limits.drained:
            self._transport.close()

    def _is_stalled(self, now: float) -> bool:
        """Whether the client takes its answer too slowly."""
        size = self._transport.get_write_buffer_size()
        answer, whole, since = self._unsent
        if size == 0 or answer != self._answers:
            self._unsent = (self._answers, size, now)
            return False
        return bool(now - since > self._limits.write_seconds + (whole - size) / self._limits.slowest_rate)


def _connection_header(exchange: Exchange, *, is_last: bool) -> bytes:
    if is_last:
        return b"close"
    return b"keep-alive" if exchange.http_version == "1.0" else b""
