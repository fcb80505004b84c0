"""The HTTP side of the fake server: one request for each connection, an answer, the end."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import time
from typing import Any, Dict, Mapping, Optional, Set, Tuple

from caisson_server.process.context import Context

_MOMENT = 0.2


class FakeService:
    """Serves a model, or, with None, a waiting room."""

    facts: Mapping[str, Any] = {"loader": "fake"}

    def __init__(self, context: Context, model: Any) -> None:
        self.context = context
        self.model = model
        self.open: Set[_Connection] = set()
        self.stuck = False
        self.ports = [listener.getsockname()[1] for listener in context.sockets]

    def start(self) -> None:
        for listener in self.context.sockets:
            listener.setblocking(False)
            self.context.loop.add_reader(listener, self._accept, listener)

    def stop_accepting(self, *, take_queue: bool) -> None:
        for listener in self.context.sockets:
            if take_queue:
                self._accept(listener)
            self.context.loop.remove_reader(listener)
            listener.close()
        self.context.loop.call_later(_MOMENT, self._close_silent)

    def is_idle(self) -> bool:
        return not self.open

    def is_stuck(self) -> bool:
        return self.stuck

    def close(self) -> None:
        """Nothing is buffered."""

    async def answer(self, path: str, query: str) -> Tuple[int, Dict[str, Any]]:
        if path == "/live":
            return 200, {"pid": os.getpid()}
        if self.model is None:
            return 503, {"room": os.getpid()}
        if path == "/ready":
            return (200 if self.context.slot.is_ready else 503), {"pid": os.getpid(), "open": len(self.open)}
        if path != "/facts":
            self.context.metrics.add(self.context.slot.index, 0)
        await self._act(path, query)
        return 200, self._facts()

    async def _act(self, path: str, query: str) -> None:
        if path == "/sleep":
            await asyncio.sleep(float(query))
        elif path == "/crash":
            os._exit(3)
        elif path == "/exit":
            raise SystemExit(4)
        elif path == "/hang":
            time.sleep(3600)  # noqa: ASYNC251 - the event loop is meant to stand still
        elif path == "/stick":
            self.stuck = True
        elif path == "/orphan":
            _leave_orphan(float(query))

    def _facts(self) -> Dict[str, Any]:
        context = self.context
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
        return {
            "pid": os.getpid(),
            "loaded_in": self.model["loaded_in"],
            "load_seconds": context.load_seconds,
            "threads": context.native_threads,
            "variables": [os.environ.get(name) for name in names],
            "folder": str(context.model_folder),
            "ports": self.ports,
            **context.metrics.totals(),
        }

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except BlockingIOError:
                return
            peer.setblocking(False)
            connection = _Connection(self)
            self.open.add(connection)
            task = self.context.loop.create_task(
                self.context.loop.connect_accepted_socket(lambda made=connection: made, peer)  # type: ignore[misc]
            )
            connection.tasks.add(task)

    def _close_silent(self) -> None:
        for connection in list(self.open):
            if not connection.data:
                connection.close()


def _leave_orphan(seconds: float) -> None:
    """A grandchild that ends after so many seconds; its parent has ended before."""
    child = os.fork()
    if child == 0:
        if os.fork() == 0:
            time.sleep(seconds)
        os._exit(0)
    os.waitpid(child, 0)


class _Connection(asyncio.Protocol):
    def __init__(self, service: FakeService) -> None:
        self.service = service
        self.tasks: Set[Any] = set()
        self.transport: Optional[asyncio.Transport] = None
        self.data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.data += data
        if self.data.endswith(b"\r\n\r\n"):
            self.tasks.add(self.service.context.loop.create_task(self._respond()))

    def connection_lost(self, _error: Optional[Exception]) -> None:
        self.service.open.discard(self)

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()

    async def _respond(self) -> None:
        path, _, query = self.data.split()[1].decode().partition("?")
        status, value = await self.service.answer(path, query)
        body = json.dumps(value).encode()
        head = f"HTTP/1.1 {status} Fake\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        if self.transport is not None:
            self.transport.write(head.encode() + body)
        self.close()
