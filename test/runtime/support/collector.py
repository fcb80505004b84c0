"""A collector of OpenTelemetry: a small HTTP server that keeps what it is sent."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict, Iterator, List


@dataclass
class Post:
    path: str
    headers: Dict[str, str]
    body: bytes

    @property
    def spans(self) -> List[Dict[str, Any]]:
        (resource_spans,) = json.loads(self.body)["resourceSpans"]
        (scope_spans,) = resource_spans["scopeSpans"]
        spans: List[Dict[str, Any]] = scope_spans["spans"]
        return spans


@dataclass
class FakeCollector:
    #: Taken from the front; the last one stays.
    statuses: List[int] = field(default_factory=lambda: [200])
    delay: float = 0.0
    location: str = ""
    posts: List[Post] = field(default_factory=list)
    url: str = ""

    @property
    def spans(self) -> List[Dict[str, Any]]:
        return [span for post in list(self.posts) for span in post.spans]

    def wait(self, until: Callable[[], bool], seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < deadline, f"{len(self.posts)} posts"
            time.sleep(0.01)


@contextmanager
def running(collector: FakeCollector) -> Iterator[FakeCollector]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            collector.posts.append(Post(self.path, dict(self.headers), self.rfile.read(length)))
            time.sleep(collector.delay)
            self.send_response(collector.statuses.pop(0) if len(collector.statuses) > 1 else collector.statuses[0])
            if collector.location:
                self.send_header("Location", collector.location)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    collector.url = f"http://127.0.0.1:{server.server_address[1]}/v1/traces"
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
