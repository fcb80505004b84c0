"""How spans travel: batches, a collector that is slow, down or unwilling, and the end of the process."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import Any, Callable, Iterator

import pytest

from caisson_server.startup.otel import OtelSettings
from caisson_server.telemetry import exporter as exporter_module
from caisson_server.telemetry.exporter import Exporter
from caisson_server.telemetry.span import Span
from support.collector import FakeCollector, running

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
A_SPAN = Span(
    trace_id=TRACE,
    span_id=SPAN,
    parent_id="",
    is_parent_remote=False,
    state="",
    name="POST /predict",
    kind=2,
    start=1,
    end=2,
    attributes={},
)
Make = Callable[..., Exporter]


@pytest.fixture
def collector() -> Iterator[FakeCollector]:
    with running(FakeCollector()) as found:
        yield found


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    monkeypatch.setattr(exporter_module, "_FIRST_PAUSE_SECONDS", 0.02)
    monkeypatch.setattr(exporter_module, "_BATCH_SECONDS", 0.1)
    made = []

    def new(url: str, headers: Any = ()) -> Exporter:
        made.append(Exporter(OtelSettings(url, headers), {"service.name": "caisson"}, "0.1.0"))
        return made[-1]

    yield new
    for exporter in made:
        exporter.close(0)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def test_the_post(collector: FakeCollector, make: Make) -> None:
    exporter = make(collector.url, (("x-token", "s3cret"), ("content-type", "not this")))
    exporter.add([A_SPAN])
    exporter.close(10)
    (post,) = collector.posts
    headers = {name.lower(): value for name, value in post.headers.items()}
    assert post.path == "/v1/traces"
    assert headers["content-type"] == "application/json"
    assert headers["x-token"] == "s3cret"
    assert headers["user-agent"] == "caisson/0.1.0"
    assert list(json.loads(post.body)) == ["resourceSpans"]


@pytest.mark.parametrize(
    "headers, expected", [((), "Basic dXNlcjpwQHNz"), ((("Authorization", "Bearer x"),), "Bearer x")]
)
def test_user_information_in_the_url(collector: FakeCollector, make: Make, headers: Any, expected: str) -> None:
    exporter = make(collector.url.replace("http://", "http://user:p%40ss@"), headers)
    exporter.add([A_SPAN])
    exporter.close(10)
    assert collector.posts[0].headers["Authorization"] == expected


def test_spans_wait_a_second_for_others(collector: FakeCollector, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    exporter = make(collector.url)
    started = time.monotonic()
    for _ in range(3):
        exporter.add([A_SPAN])
        time.sleep(0.05)
    assert collector.posts == []
    collector.wait(lambda: len(collector.posts) == 1)
    assert 0.9 < time.monotonic() - started < 5
    assert len(collector.spans) == 3
    # The thread is still there for the next one.
    exporter.add([A_SPAN])
    collector.wait(lambda: len(collector.spans) == 4)


def test_whole_batches_do_not_wait(collector: FakeCollector, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporter_module, "_BATCH_SECONDS", 60.0)
    exporter = make(collector.url)
    started = time.monotonic()
    for _ in range(600):
        exporter.add([A_SPAN, A_SPAN])
    collector.wait(lambda: len(collector.posts) >= 2)
    assert time.monotonic() - started < 10
    exporter.close(10)
    assert [len(post.spans) for post in collector.posts] == [512, 512, 176]


def test_what_does_not_fit_is_dropped_and_told(collector: FakeCollector, make: Make, capsys: Any) -> None:
    collector.delay = 0.3
    exporter = make(collector.url)
    for _ in range(3000):
        exporter.add([A_SPAN, A_SPAN])
    exporter.close(20)
    sent = len(collector.spans)
    assert 4096 <= sent < 6000
    note = capsys.readouterr().err
    assert note == (
        f"caisson traces do not reach '{collector.url}': more came than it took in time; "
        f"{6000 - sent} spans were dropped\n"
    )


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_passing_failure_is_tried_again(collector: FakeCollector, make: Make, status: int, capsys: Any) -> None:
    collector.statuses = [status, status, 200]
    exporter = make(collector.url)
    exporter.add([A_SPAN])
    collector.wait(lambda: len(collector.posts) == 3)
    exporter.close(10)
    assert collector.posts[0].body == collector.posts[1].body == collector.posts[2].body
    assert len(collector.posts) == 3
    notes = capsys.readouterr().err
    assert notes == f"caisson traces do not reach '{collector.url}': HTTP {status}; 0 spans were dropped\n"


@pytest.mark.parametrize("status", [400, 401, 404, 500])
def test_a_lasting_failure_is_not(collector: FakeCollector, make: Make, status: int, capsys: Any) -> None:
    collector.statuses = [status, 200]
    exporter = make(collector.url)
    exporter.add([A_SPAN])
    collector.wait(lambda: len(collector.posts) == 1)
    exporter.add([A_SPAN, A_SPAN])
    exporter.close(10)
    assert [len(post.spans) for post in collector.posts] == [1, 2]
    assert f"HTTP {status}; 1 spans were dropped" in capsys.readouterr().err


def test_redirects_are_not_followed(collector: FakeCollector, make: Make, capsys: Any) -> None:
    with running(FakeCollector()) as other:
        collector.statuses, collector.location = [302], other.url
        exporter = make(collector.url, (("authorization", "s3cret"),))
        exporter.add([A_SPAN])
        exporter.close(10)
        assert other.posts == []
    notes = capsys.readouterr().err
    assert "HTTP 302; 1 spans were dropped" in notes
    assert "s3cret" not in notes


def pause(seconds: float) -> None:
    """Also when the clock stands still."""
    threading.Event().wait(seconds)


def next_note(capsys: Any) -> str:
    for _ in range(1000):
        note: str = capsys.readouterr().err
        if note:
            return note
        pause(0.01)
    raise AssertionError("no note")


def test_a_collector_that_is_down_is_one_note_a_minute(
    make: Make, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    minutes = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0 + 60 * minutes[0])
    url = f"http://user:s3cret@127.0.0.1:{closed_port()}/v1/traces?token=s3cret"
    exporter = make(url)
    for _ in range(5000):
        exporter.add([A_SPAN])
    assert next_note(capsys).startswith("caisson traces do not reach 'http://127.0.0.1:")
    pause(0.3)
    assert capsys.readouterr().err == ""
    minutes[0] = 1.0
    note = next_note(capsys)
    assert note.endswith("spans were dropped\n")
    assert note.count("\n") == 1
    assert "Connection refused" in note
    assert "s3cret" not in note


def test_spans_survive_a_collector_that_starts_late(make: Make) -> None:
    port = closed_port()
    exporter = make(f"http://127.0.0.1:{port}/v1/traces")
    exporter.add([A_SPAN])
    time.sleep(0.3)
    exporter.add([A_SPAN])
    received = threading.Event()

    def serve() -> None:
        with socket.create_server(("127.0.0.1", port)) as server:
            connection, _ = server.accept()
            with connection:
                while b'"resourceSpans"' not in connection.recv(65536):
                    pass
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                received.set()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert received.wait(10)


@pytest.mark.parametrize("answer", [b"nonsense\r\n\r\n", b""])
def test_answers_that_are_none(make: Make, capsys: Any, answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        exporter = make(f"http://127.0.0.1:{server.getsockname()[1]}/")

        def serve() -> None:
            while True:
                connection, _ = server.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        exporter.add([A_SPAN])
        exporter.close(10)
    assert capsys.readouterr().err.endswith("; 1 spans were dropped\n")


def test_a_header_that_is_not_fit_is_not_quoted(collector: FakeCollector, make: Make, capsys: Any) -> None:
    exporter = make(collector.url, (("x-token", "s3cret\n"),))
    exporter.add([A_SPAN])
    exporter.close(10)
    assert collector.posts == []
    notes = capsys.readouterr().err
    assert "the URL or a header is not fit for HTTP; 1 spans were dropped" in notes
    assert "s3cret" not in notes


def test_a_collector_that_hangs_delays_nothing(collector: FakeCollector, make: Make) -> None:
    collector.delay = 4.0
    exporter = make(collector.url)
    exporter.add([A_SPAN] * 512)
    collector.wait(lambda: len(collector.posts) == 1)
    started = time.monotonic()
    for _ in range(1000):
        exporter.add([A_SPAN])
    exporter.close(0.4)
    assert time.monotonic() - started < 0.9


def test_the_end_of_a_process_whose_collector_is_down(make: Make) -> None:
    exporter = make(f"http://127.0.0.1:{closed_port()}/")
    exporter.add([A_SPAN])
    time.sleep(0.3)
    started = time.monotonic()
    exporter.close(5)
    assert time.monotonic() - started < 1


def test_a_tracer_without_requests_starts_no_thread(make: Make) -> None:
    before = threading.active_count()
    exporter = make("http://127.0.0.1:1/")
    assert threading.active_count() == before
    exporter.close(1)
    assert threading.active_count() == before
