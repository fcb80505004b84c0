"""Where predictions run: together or alone, in time, and never too many."""

from __future__ import annotations

import threading
import time
from typing import Any, List

import pytest

from caisson_server.web.answer import Answer
from support.web import Client, Options, QuickDialect, WebServer, post, wait_until


class Door:
    """A prediction function that waits for the test."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.bodies: List[bytes] = []

    def __call__(self, job: Any) -> Answer:
        self.bodies.append(job.call.body)
        if job.call.body.startswith(b"wait"):
            self.open.wait(10)
        return Answer(200, job.call.body)


def clients(server: WebServer, number: int) -> List[Client]:
    return [server.connect() for _ in range(number)]


def test_what_waits_is_predicted_together() -> None:
    door = Door()
    with WebServer(Options(score=door, together=True, batch_seconds=60.0)) as server:
        first, *others = clients(server, 9)
        first.send(post(b"wait"))
        wait_until(lambda: server.batches == [1])
        for number, client in enumerate(others):
            client.send(post(b"%d" % number))
        wait_until(lambda: server.lanes.waiting == 8)
        door.open.set()
        assert first.read().body == b"wait"
        assert [client.read().body for client in others] == [b"%d" % number for number in range(8)]
        assert server.batches == [1, 8]


def test_large_bodies_do_not_hold_up_small_ones() -> None:
    door = Door()
    with WebServer(Options(score=door, together=True)) as server:
        large, small = clients(server, 2)
        large.send(post(b"wait" + b"x" * 100_000))
        wait_until(lambda: len(door.bodies) == 1)
        small.send(post(b"small"))
        assert small.read().body == b"small"
        door.open.set()
        assert large.read().status == 200
        assert server.batches == [1]


def test_slow_predictions_make_small_batches() -> None:
    def slow(job: Any) -> Answer:
        time.sleep(0.02)
        return Answer(200, job.call.body)

    with WebServer(Options(score=slow, together=True, batch_seconds=0.05)) as server:
        many = clients(server, 30)
        for client in many:
            client.send(post(b"x"))
        assert {client.read().status for client in many} == {200}
        assert max(server.batches) <= 3


@pytest.mark.parametrize("together", [False, True])
def test_too_many_are_turned_away_at_once(together: bool) -> None:  # noqa: FBT001
    door = Door()
    with WebServer(Options(score=door, together=together, most_waiting=2, threads=1)) as server:
        first, second, third, fourth = clients(server, 4)
        first.send(post(b"wait"))
        wait_until(lambda: len(door.bodies) == 1)
        for number, client in enumerate((second, third), 1):
            client.send(post(b"%d" % number))
            wait_until(lambda number=number: server.lanes.waiting == number)  # type: ignore[misc]
        fourth.send(post(b"late"))
        reply = fourth.read()
        assert (reply.status, reply.headers["retry-after"]) == (503, "1")
        assert b"RESOURCE_EXHAUSTED" in reply.body
        wait_until(lambda: server.watcher.ended == [("/invocations", 503, "overload")])
        door.open.set()
        assert [client.read().status for client in (first, second, third)] == [200] * 3


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("path, word", [("/invocations", b"DEADLINE_EXCEEDED"), ("/predict", b"detail")])
def test_time_outs_are_json_and_free_the_client(path: str, word: bytes, together: bool) -> None:  # noqa: FBT001
    door = Door()
    with WebServer(Options(score=door, together=together, timeout=0.2, threads=1)) as server:
        first, second = clients(server, 2)
        first.send(post(b"wait", path))
        wait_until(lambda: len(door.bodies) == 1)
        second.send(post(b"behind", path))
        for client in (first, second):
            reply = client.read()
            assert reply.status == 504
            assert reply.headers["content-type"] == "application/json"
            assert word in reply.body
            assert b"Request processing time exceeded limit" in reply.body
        assert server.lanes.is_stuck(0)
        door.open.set()
        first.send(post(b"again", path))
        assert first.read().body == b"again"
        assert not server.lanes.is_stuck(0)
        # The one behind was never predicted: nobody waited for it any more.
        assert door.bodies == [b"wait", b"again"]
        assert {outcome for _path, status, outcome in server.watcher.ended if status == 504} == {"timeout"}


def test_a_pool_is_stuck_only_when_all_its_threads_are() -> None:
    door = Door()
    with WebServer(Options(score=door, timeout=0.2, threads=2)) as server:
        first, second = clients(server, 2)
        first.send(post(b"wait"))
        assert first.read().status == 504
        assert not server.lanes.is_stuck(0)
        second.send(post(b"wait"))
        assert second.read().status == 504
        assert server.lanes.is_stuck(0)
        door.open.set()


@pytest.mark.parametrize("together", [False, True])
def test_who_leaves_is_not_predicted(together: bool) -> None:  # noqa: FBT001
    door = Door()
    with WebServer(Options(score=door, together=together, threads=1)) as server:
        first, second, third = clients(server, 3)
        first.send(post(b"wait"))
        wait_until(lambda: len(door.bodies) == 1)
        second.send(post(b"second"))
        wait_until(lambda: server.lanes.waiting == 1)
        second.reset()
        third.send(post(b"third"))
        wait_until(lambda: server.lanes.waiting == 2)
        wait_until(lambda: server.call(lambda: len(server.doors._connections)) == 2)  # noqa: SLF001
        door.open.set()
        assert third.read().body == b"third"
        assert first.read().body == b"wait"
        assert door.bodies == [b"wait", b"third"]
        wait_until(lambda: server.watcher.begun == len(server.watcher.ended) == 3)


def test_what_takes_its_time_to_read_is_not_put_together() -> None:
    door = Door()
    with WebServer(Options(score=door, together=True)) as server:
        server.call(lambda: setattr(QuickDialect, "is_quick", False))
        try:
            first, second = clients(server, 2)
            first.send(post(b"wait"))
            wait_until(lambda: len(door.bodies) == 1)
            second.send(post(b"second"))
            assert second.read().body == b"second"
            door.open.set()
            assert first.read().status == 200
        finally:
            QuickDialect.is_quick = True
        assert server.batches == []


def test_late_ones_are_told_of() -> None:
    door = Door()
    with WebServer(Options(score=door, timeout=0.2, threads=1)) as server:
        first, second = clients(server, 2)
        first.send(post(b"wait"))
        wait_until(lambda: len(door.bodies) == 1)
        second.send(post(b"x"))
        assert [client.read().status for client in (first, second)] == [504, 504]
        assert server.watcher.late == 0
        door.open.set()
        wait_until(lambda: server.watcher.late == 2)


def test_a_lane_that_still_gets_things_done_is_not_stuck() -> None:
    door = Door()
    with WebServer(Options(score=door, timeout=0.2, threads=1)) as server:
        first, second = clients(server, 2)
        first.send(post(b"wait"))
        assert first.read().status == 504
        assert not server.lanes.is_stuck(0.3)
        door.open.set()
        wait_until(lambda: server.watcher.late == 1)
        door.open.clear()
        second.send(post(b"wait"))
        assert second.read().status == 504
        assert not server.lanes.is_stuck(0.3)
        time.sleep(0.4)
        assert server.lanes.is_stuck(0.3)
        door.open.set()
