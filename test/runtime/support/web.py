"""The web layer on a real socket, with routes and prediction functions of the test's own."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

import uvloop

from caisson_server.lanes.batch import BatchLane
from caisson_server.lanes.job import Job
from caisson_server.lanes.lanes import Lanes
from caisson_server.lanes.pool import PoolLane
from caisson_server.web.answer import Answer, json_answer
from caisson_server.web.app import Application
from caisson_server.web.faults import in_mlflow_words, in_predict_words
from caisson_server.web.http.doors import Doors
from caisson_server.web.http.limits import Limits
from caisson_server.web.request import Request
from caisson_server.web.routes import Route, RouteTable, page, probe, scoring


class OpenGate:
    """Lets everybody in."""

    def allows(self, _headers: Mapping[bytes, bytes]) -> bool:
        return True

    def preflight(self, _request: Request) -> Optional[Answer]:
        return None

    def headers_for(self, _origin: Optional[bytes]) -> Tuple[Tuple[bytes, bytes], ...]:
        return ()


class Watcher:
    """Remembers what was asked and answered."""

    def __init__(self) -> None:
        self.begun = 0
        self.late = 0
        self.ended: List[Tuple[str, int, str]] = []

    def begin(self, _request: Request) -> None:
        self.begun += 1

    def end(self, request: Request, answer: Answer, _route: Optional[Route], _job: Optional[Job]) -> None:
        self.ended.append((request.path, answer.status, answer.outcome))

    def came_late(self) -> None:
        self.late += 1


class QuickDialect:
    """Stands for a dialect; the test's own functions read and write."""

    is_quick = True


def echo(job: Job) -> Answer:
    return Answer(200, job.call.body)


@dataclass
class Options:
    score: Callable[[Job], Answer] = echo
    together: bool = False
    most_waiting: int = 256
    threads: int = 4
    timeout: float = 30.0
    batch_seconds: float = 0.01
    limits: Limits = field(default_factory=Limits)
    gate: Any = field(default_factory=OpenGate)


class WebServer:
    """A context manager: the server runs in a thread of its own."""

    def __init__(self, options: Optional[Options] = None, *, use_uvloop: bool = False) -> None:
        self.options = options or Options()
        self.watcher = Watcher()
        self.batches: List[int] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = int(self._listener.getsockname()[1])
        self.loop = _new_loop(use_uvloop=use_uvloop)
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> WebServer:  # noqa: PYI034 - Self is not in Python 3.8
        options = self.options
        together = None
        if options.together:
            together = BatchLane(self.loop, self._score_together, lambda: None, options.batch_seconds)
        alone = PoolLane(self.loop, options.score, lambda: None, options.threads)
        self.lanes = Lanes(alone, together, options.most_waiting)
        application = Application(
            self.loop, RouteTable(_routes()), self.lanes, options.gate, self.watcher, options.timeout
        )
        self.doors = Doors(self.loop, application, options.limits)
        self.loop.call_soon(self.doors.open, [self._listener])
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.lanes.close()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)

    def call(self, function: Callable[[], Any]) -> Any:
        """Run something on the server's own thread."""

        async def run() -> Any:
            return function()

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(10)

    def connect(self) -> Client:
        return Client(self.port)

    def ask(self, data: bytes) -> List[Reply]:
        """Send the bytes on a new connection, end this side, and read all answers."""
        with self.connect() as client:
            client.send(data)
            client.end()
            return client.read_all()

    def _score_together(self, jobs: Sequence[Job]) -> List[Answer]:
        self.batches.append(len(jobs))
        return [self.options.score(job) for job in jobs]


def _new_loop(*, use_uvloop: bool) -> asyncio.AbstractEventLoop:
    if not use_uvloop:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


def _routes() -> Dict[str, Route]:
    routes = [
        probe("/ping", lambda _request: Answer(200, b"\n")),
        page("/headers", _headers),
        page("/broken", _broken),
        page("/large", lambda _request: Answer(200, b"x" * 50_000_000)),
        scoring("/invocations", QuickDialect(), in_mlflow_words),  # type: ignore[arg-type]
        scoring("/predict", QuickDialect(), in_predict_words),  # type: ignore[arg-type]
    ]
    return {route.label: route for route in routes}


def _headers(request: Request) -> Answer:
    return json_answer(200, {name.decode(): value.decode() for name, value in request.headers.items()})


def _broken(_request: Request) -> Answer:
    raise RuntimeError("on purpose")


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Dict[str, str]
    body: bytes


class Client:
    """A raw connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._received = b""

    def __enter__(self) -> Client:  # noqa: PYI034 - Self is not in Python 3.8
        return self

    def __exit__(self, *_error: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def end(self) -> None:
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Leave at once, without another word."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def read(self) -> Reply:
        """One answer. Raises EOFError when the connection ends before it is whole."""
        while b"\r\n\r\n" not in self._received:
            self._receive()
        head, _, rest = self._received.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", "0"))
        self._received = rest
        while len(self._received) < length:
            self._receive()
        body, self._received = self._received[:length], self._received[length:]
        return Reply(int(status.split(" ")[1]), headers, body)

    def read_all(self) -> List[Reply]:
        """All answers until the server ends the connection."""
        replies = []
        while True:
            try:
                replies.append(self.read())
            except EOFError:  # noqa: PERF203
                assert self._received == b"", f"half an answer: {self._received!r}"
                return replies

    def is_closed(self, seconds: float = 5.0) -> bool:
        """Whether the server has ended the connection, or does so in time, without another byte."""
        self.socket.settimeout(seconds)
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True
        except socket.timeout:
            return False

    def _receive(self) -> None:
        data = self.socket.recv(1 << 20)
        if not data:
            raise EOFError
        self._received += data


def post(body: bytes, path: str = "/invocations", *headers: str) -> bytes:
    """The bytes of a POST request."""
    lines = [f"POST {path} HTTP/1.1", "Host: caisson", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def get(path: str, *headers: str) -> bytes:
    """The bytes of a GET request."""
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: caisson", *headers]).encode() + b"\r\n\r\n"


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.01)
