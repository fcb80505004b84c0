"""The listening sockets of one process, and everyone who came in through them."""

from __future__ import annotations

import asyncio
import errno
import socket
import time
from contextlib import suppress
from typing import Any, Callable, Optional, Sequence, Set

from .connection import Connection
from .limits import Limits
from .reader import Budget

_SWEEP_SECONDS = 1.0
_PARTING_POLL_SECONDS = 0.05
#: How long a process that has more connections than another one leaves the next one to it.
_COURTESY_SECONDS = 0.002
_MOST_AHEAD = 1
_BREATH_SECONDS = 0.5
_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Neighbours:
    """How many connections this process and the others have. This one knows of no others."""

    def tell(self, connections: int) -> None:
        """This process's own number has changed."""

    def fewest(self) -> Optional[int]:
        """The fewest of any other process; None when there is no other."""
        return None


class Doors:
    """Accepts connections and hands their requests to the application. Everything runs on the event loop's thread."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        application: Any,
        limits: Optional[Limits] = None,
        neighbours: Optional[Neighbours] = None,
    ) -> None:
        self.loop = loop
        self.application = application
        self.limits = limits or Limits()
        self.budget = Budget(self.limits.bodies)
        #: Every answer is the last one of its connection.
        self.is_closing = False
        self._neighbours = neighbours or Neighbours()
        self._sockets: Sequence[socket.socket] = ()
        self._connections: Set[Connection] = set()
        self._arriving = 0
        self._sweeper: Any = None

    def open(self, sockets: Sequence[socket.socket]) -> None:
        """Begin to accept from sockets that listen already."""
        self._sockets = sockets
        for listener in sockets:
            listener.setblocking(False)  # noqa: FBT003 - socket has no keyword for it
            self._watch(listener)
        self._sweeper = self.loop.call_later(_SWEEP_SECONDS, self._sweep)

    def close(self, *, take_queue: bool) -> None:
        """Accept no more, and end each connection with its answer; idle ones end soon.

        With `take_queue` those that wait in the sockets' queues are accepted first.
        """
        self.is_closing = True
        for listener in self._sockets:
            self.loop.remove_reader(listener.fileno())
            while take_queue and self._accept(listener):
                pass
            listener.close()
        self._sockets = ()
        self._see_off()

    @property
    def is_empty(self) -> bool:
        """Whether nobody is inside or on the way in."""
        return not self._connections and self._arriving == 0

    # The connections' calls.

    def add(self, connection: Connection) -> None:
        """A connection was made."""
        self._connections.add(connection)
        self._neighbours.tell(len(self._connections))

    def remove(self, connection: Connection) -> None:
        """It is no more."""
        self._connections.discard(connection)
        self._neighbours.tell(len(self._connections))

    # Inside.

    def _watch(self, listener: socket.socket) -> None:
        if not self.is_closing:
            self.loop.add_reader(listener.fileno(), self._knock, listener)

    def _knock(self, listener: socket.socket) -> None:
        fewest = self._neighbours.fewest()
        if fewest is not None and len(self._connections) + self._arriving > fewest + _MOST_AHEAD:
            self._rest(listener, _COURTESY_SECONDS, lambda: self._accept(listener))
        else:
            self._accept(listener)

    def _rest(self, listener: socket.socket, seconds: float, then: Callable[[], Any]) -> None:
        self.loop.remove_reader(listener.fileno())

        def resume() -> None:
            if not self.is_closing:
                then()
                self._watch(listener)

        self.loop.call_later(seconds, resume)

    def _accept(self, listener: socket.socket) -> bool:
        """Whether there was one."""
        try:
            accepted, _address = listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return False
        except OSError as error:
            if error.errno not in _EXHAUSTED:
                raise
            # The next attempt would fail as well, thousands of times a second.
            self._rest(listener, _BREATH_SECONDS, lambda: None)
            return False
        accepted.setblocking(False)  # noqa: FBT003 - socket has no keyword for it
        self._arriving += 1
        self.loop.create_task(self._admit(accepted))
        return True

    async def _admit(self, accepted: socket.socket) -> None:
        try:
            await self.loop.connect_accepted_socket(lambda: Connection(self), accepted)
        except OSError:
            with suppress(OSError):
                accepted.close()
        finally:
            self._arriving -= 1

    def _sweep(self) -> None:
        now = time.perf_counter()
        for connection in list(self._connections):
            connection.turn_out_when_slow(now)
        self._sweeper = self.loop.call_later(_SWEEP_SECONDS, self._sweep)

    def _see_off(self) -> None:
        now = time.perf_counter()
        for connection in list(self._connections):
            connection.part_when_idle(now)
        if not self.is_empty:
            self.loop.call_later(_PARTING_POLL_SECONDS, self._see_off)
