"""HTTP/1.1 itself, over raw sockets: what is answered, in which order, and who is turned away."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any, Iterator, List

import pytest

from caisson_server.web.answer import Answer
from caisson_server.web.http import parsers
from caisson_server.web.http.limits import Limits
from support.web import Options, Reply, WebServer, get, post, wait_until

_SMALL = replace(Limits(), body=1000, drained=5000)


@pytest.fixture(params=["httptools", "h11"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    if request.param == "h11":
        monkeypatch.setattr(parsers, "httptools", None)
    with WebServer(Options(limits=_SMALL)) as running:
        yield running


def statuses(replies: List[Reply]) -> List[int]:
    return [reply.status for reply in replies]


def test_answers_and_keeps_the_connection(server: WebServer) -> None:
    with server.connect() as client:
        for body in (b"one", b"two"):
            client.send(post(body))
            reply = client.read()
            assert (reply.status, reply.body, reply.headers["content-type"]) == (200, body, "application/json")
            assert "connection" not in reply.headers
            assert reply.headers["date"].endswith("GMT")


def test_keeps_a_request_id_that_is_fit_for_a_log(server: WebServer) -> None:
    ids = [
        server.ask(post(b"x", "/invocations", *header))[0].headers["x-request-id"]
        for header in (["X-Request-ID: abc-1.2:3"], ["X-Request-ID: a b"], ["X-Request-ID: " + "a" * 129], [])
    ]
    assert ids[0] == "abc-1.2:3"
    assert all(len(made) == 32 for made in ids[1:])
    assert len(set(ids)) == 4


def test_answers_pipelined_requests_in_order(server: WebServer) -> None:
    many = [b"%d" % number for number in range(3000)]
    replies = server.ask(b"".join(map(post, many)))
    assert [reply.body for reply in replies] == many


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_takes_requests_in_pieces(server: WebServer, size: int) -> None:
    data = (
        post(b"first")
        + b"POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nsec\r\n3\r\nond\r\n0\r\n\r\n"
    )
    with server.connect() as client:
        for start in range(0, len(data), size):
            client.send(data[start : start + size])
        assert [client.read().body, client.read().body] == [b"first", b"second"]


def test_trailers_are_no_headers(server: WebServer) -> None:
    chunked = (
        b"GET /headers HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-Api-Key: k\r\n\r\n"
    )
    (reply,) = server.ask(chunked)
    assert set(json.loads(reply.body)) == {"host", "transfer-encoding"}


@pytest.mark.parametrize(
    "head, header",
    [
        (b"GET /ping HTTP/1.0\r\n\r\n", "close"),
        (b"GET /ping HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "close"),
    ],
)
def test_closes_where_the_client_wants_it(server: WebServer, head: bytes, header: str) -> None:
    with server.connect() as client:
        client.send(head)
        assert client.read().headers["connection"] == header
        assert client.is_closed()


def test_keeps_an_old_connection_that_asks_for_it(server: WebServer) -> None:
    with server.connect() as client:
        for _ in range(2):
            client.send(b"GET /ping HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            assert client.read().headers["connection"] == "keep-alive"


def test_answers_what_came_before_the_client_ended_its_side(server: WebServer) -> None:
    assert [reply.body for reply in server.ask(post(b"a") + post(b"b"))] == [b"a", b"b"]


def test_says_continue_to_who_waits_for_it(server: WebServer) -> None:
    with server.connect() as client:
        client.send(b"POST /invocations HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert client.read().status == 100
        client.send(b"abc")
        assert client.read().body == b"abc"


def test_declines_another_protocol_and_answers(server: WebServer) -> None:
    upgrade = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"]
    with server.connect() as client:
        client.send(post(b"body", "/invocations", *upgrade))
        assert client.read().body == b"body"
        client.send(post(b"more"))
        assert client.read().body == b"more"


def test_declining_another_protocol_keeps_what_the_client_wishes(server: WebServer) -> None:
    with server.connect() as client:
        client.send(post(b"body", "/invocations", "Connection: Upgrade, close", "Upgrade: h2c"))
        reply = client.read()
        assert (reply.body, reply.headers["connection"]) == (b"body", "close")
        assert client.is_closed()


def test_a_tunnel_is_refused_and_holds_nobody(server: WebServer) -> None:
    with server.connect() as client:
        client.send(b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
        assert client.read().status == 400
    assert statuses(server.ask(get("/ping"))) == [200]


def test_the_head_alone_has_no_body(server: WebServer) -> None:
    with server.connect() as client:
        client.send(b"HEAD /ping HTTP/1.1\r\nHost: a\r\n\r\n")
        received = b""
        while not received.endswith(b"\r\n\r\n"):
            received += client.socket.recv(1000)
        assert b" 405 " in received
        client.send(get("/ping"))
        assert client.read().body == b"\n"


def test_who_takes_no_answers_gets_no_more_of_them(server: WebServer) -> None:
    with server.connect() as client:
        client.send(get("/large") * 8)
        wait_until(lambda: bool(server.watcher.ended))
        time.sleep(0.3)
        assert len(server.watcher.ended) <= 2
        assert [len(client.read().body) for _ in range(8)] == [50_000_000] * 8


def test_chunks_of_one_byte_cost_no_more_than_their_bytes(server: WebServer) -> None:
    head = b"POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    (reply,) = server.ask(head + b"1\r\na\r\n" * 900 + b"0\r\n\r\n")
    assert reply.body == b"a" * 900


def test_a_trailer_without_end_is_refused(server: WebServer) -> None:
    with server.connect() as client:
        client.send(b"POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX: ")
        with suppress(ConnectionError):
            for _ in range(100):
                client.send(b"a" * 10_000)
        assert 400 <= client.read().status < 500


def test_a_length_may_have_zeros_and_no_more_digits_than_any_length(server: WebServer) -> None:
    head = b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: %s\r\n\r\n"
    (reply,) = server.ask(head % (b"0" * 5000 + b"3") + b"abc")
    assert reply.status in (200, 400)
    assert statuses(server.ask(head % (b"9" * 19)))[0] in (400, 413)


def test_other_codings_of_the_body_are_not_known(server: WebServer) -> None:
    data = b"POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
    assert statuses(server.ask(data))[0] == 400


@pytest.mark.parametrize(
    "path, status",
    [
        ("http://caisson/ping", 200),
        ("HTTP://caisson:5001", 404),
        ("/nowhere", 404),
        ("/invocations", 405),
        ("/ping?verbose=1", 200),
        ("/%70ing", 200),
    ],
)
def test_finds_routes(server: WebServer, path: str, status: int) -> None:
    (reply,) = server.ask(get(path))
    assert reply.status == status
    if status == 405:
        assert reply.headers["allow"] == "POST"
        assert json.loads(reply.body) == {"detail": "Method Not Allowed"}


def test_hides_why_a_route_failed(server: WebServer) -> None:
    (reply,) = server.ask(get("/broken"))
    assert reply.status == 500
    assert b"on purpose" not in reply.body


@pytest.mark.parametrize(
    "data, status",
    [
        (b"hello\r\n\r\n", 400),
        (b"GET /ping HTTP/3.7\r\n\r\n", 400),
        (b"GET /ping HTTP/2.0\r\nHost: a\r\n\r\n", 400),
        (b"GET /ping HTTP/0.9\r\nHost: a\r\n\r\n", 400),
        (b"GET /ping\r\n\r\n", 400),
        (b"GET\x00 /ping HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET /ping HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n", 400),
        (b"GET /ping HTTP/1.1\r\nHost: a\r\nA: b\x00c\r\n\r\n", 400),
        (post(b"x", "/invocations", "Transfer-Encoding: chunked"), 400),
        (post(b"x", "/invocations", "Content-Length: 2"), 400),
        (b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400),
        (b"POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc", 400),
        (b"GET /ping HTTP/1.1\r\nHo", 400),
        (post(b"x" * 1001), 413),
        (b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n", 413),
        (get("/ping", *(f"A{number}: b" for number in range(200))), 431),
        (get("/ping", "A: " + "b" * 70_000), 431),
        (get("/" + "a" * 20_000), 414),
    ],
    ids=range(20),
)
def test_turns_bad_requests_away_and_closes(server: WebServer, data: bytes, status: int) -> None:
    replies = server.ask(data)
    if isinstance(parsers.new_parser(server), parsers.H11Parser):
        # h11 has one word for all that it does not like.
        assert 400 <= replies[0].status < 500
        return
    assert statuses(replies) == [status]
    assert replies[0].headers["connection"] == "close"
    assert b"Traceback" not in replies[0].body


def test_answers_what_came_before_a_bad_request(server: WebServer) -> None:
    replies = server.ask(post(b"good") + b"\x00\x01\x02 nonsense\r\n\r\n")
    assert statuses(replies) == [200, 400]
    assert replies[0].body == b"good"


def test_a_chunked_body_has_the_same_limit(server: WebServer) -> None:
    chunk = b"1f4\r\n" + b"x" * 500 + b"\r\n"
    head = b"POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert statuses(server.ask(head + chunk * 2 + b"0\r\n\r\n")) == [200]
    replies = server.ask(head + chunk * 3 + b"0\r\n\r\n")
    assert statuses(replies) == [413]
    assert json.loads(replies[0].body)["error"] == "The body is too large"


def test_refuses_a_large_body_before_it_comes(server: WebServer) -> None:
    with server.connect() as client:
        client.send(b"POST /invocations HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\n" + b"x" * 100)
        assert client.read().status == 413
        client.send(b"x" * 3900)
        assert client.is_closed()


def test_large_bodies_have_a_limit_together() -> None:
    gate = threading.Event()

    def wait(_job: Any) -> Answer:
        gate.wait(10)
        return _answer()

    limits = replace(Limits(), bodies=3_000_000)
    body = b"x" * 2_000_000
    with WebServer(Options(score=wait, limits=limits)) as server, server.connect() as first, server.connect() as second:
        first.send(post(body))
        wait_until(lambda: server.doors.budget.held == len(body))
        second.send(post(body, "/predict"))
        reply = second.read()
        assert (reply.status, reply.headers["retry-after"]) == (503, "1")
        gate.set()
        assert first.read().status == 200
        assert server.doors.budget.held == 0


def test_promised_bodies_count_as_well() -> None:
    limits = replace(Limits(), bodies=150_000_000)
    head = b"POST /invocations HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n"
    with WebServer(Options(limits=limits)) as server, server.connect() as first, server.connect() as second:
        first.send(head + b"x")
        wait_until(lambda: server.doors.budget.held == 100_000_000)
        second.send(head + b"x")
        assert second.read().status == 503
        first.socket.close()
        wait_until(lambda: server.doors.budget.held == 0)


def _answer() -> Answer:
    return Answer(200, b"{}")


@pytest.mark.parametrize("use_uvloop", [False, True])
@pytest.mark.parametrize("beginning", [b"GET /ping HT", b"POST /predict HTTP/1.1\r\nContent-Length: 9\r\n\r\nab"])
def test_turns_slow_senders_out(beginning: bytes, use_uvloop: bool) -> None:  # noqa: FBT001
    limits = replace(Limits(), head_seconds=0.2, body_seconds=0.2, slowest_rate=100)
    with WebServer(Options(limits=limits), use_uvloop=use_uvloop) as server, server.connect() as client:
        client.send(beginning)
        assert client.read().status == 408
        assert client.is_closed()


def test_a_trickling_body_is_no_progress() -> None:
    limits = replace(Limits(), body_seconds=0.3, slowest_rate=1000)
    with WebServer(Options(limits=limits)) as server, server.connect() as client:
        client.send(b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n")
        for _ in range(20):
            client.send(b"x")
            client.socket.settimeout(0.1)
            with suppress(socket.timeout):  # not TimeoutError before Python 3.10
                assert b" 408 " in client.socket.recv(4096)
                return
    raise AssertionError("it was not turned out")


def test_ends_idle_connections() -> None:
    limits = replace(Limits(), idle_seconds=0.1, first_byte_seconds=0.1)
    with WebServer(Options(limits=limits)) as server, server.connect() as silent, server.connect() as idle:
        idle.send(get("/ping"))
        assert idle.read().status == 200
        assert idle.is_closed()
        assert silent.is_closed()


@pytest.mark.parametrize("use_uvloop", [False, True])
def test_gives_up_on_who_does_not_read(use_uvloop: bool) -> None:  # noqa: FBT001
    limits = replace(Limits(), write_seconds=0.2)
    with WebServer(Options(limits=limits), use_uvloop=use_uvloop) as server, server.connect() as client:
        client.send(get("/large"))
        wait_until(lambda: bool(server.watcher.ended))
        wait_until(lambda: server.call(lambda: server.doors.is_empty))


def test_forgets_clients_that_leave(server: WebServer) -> None:
    clients = [server.connect() for _ in range(20)]
    for client in clients:
        client.send(b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nabc")
    wait_until(lambda: server.doors.budget.held == 20 * 500)
    for client in clients:
        client.socket.close()
    wait_until(lambda: server.call(lambda: server.doors.is_empty))
    assert server.doors.budget.held == 0


@pytest.mark.parametrize("use_uvloop", [False, True])
def test_closing_doors_answer_who_is_inside(use_uvloop: bool) -> None:  # noqa: FBT001
    gate = threading.Event()

    def wait(_job: Any) -> Answer:
        gate.wait(10)
        return _answer()

    with WebServer(Options(score=wait), use_uvloop=use_uvloop) as server:
        busy, idle, late = server.connect(), server.connect(), server.connect()
        busy.send(post(b"{}"))
        idle.send(get("/ping"))
        assert idle.read().status == 200
        wait_until(lambda: server.watcher.begun == 2)
        server.call(lambda: server.doors.close(take_queue=True))
        late.send(get("/ping"))
        assert late.read().headers["connection"] == "close"
        assert idle.is_closed()
        assert not server.call(lambda: server.doors.is_empty)
        gate.set()
        reply = busy.read()
        assert (reply.status, reply.headers["connection"]) == (200, "close")
        wait_until(lambda: server.call(lambda: server.doors.is_empty))
