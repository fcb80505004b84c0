"""Workers that die or hang are replaced; when that does not help the server gives up."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from support.fake_tree import FakeTree, eventually
from support.load import Load, Pending, busy_worker

MODES = pytest.mark.parametrize("shares_memory", [False, True])
ALONE = {"MLFLOW_MODELS_WORKERS": "1"}
KILLED = "was killed by SIGKILL (out of memory?)"


@MODES
def test_a_killed_worker_is_replaced_while_requests_go_on(tmp_path: Path, *, shares_memory: bool) -> None:
    with FakeTree(tmp_path, shares_memory=shares_memory) as server:
        server.wait_ready()
        victim = min(server.workers(2))
        with Load(server, "/sleep?0.02", threads=4) as load:
            eventually(lambda: len(load.answers) > 20)
            os.kill(victim, signal.SIGKILL)
            line = server.wait_text(f" (process {victim}) ")
            server.wait_text(" is ready")
            killed = time.monotonic()
            eventually(lambda: load.answers[-1][1] > killed + 0.2)
        assert line.startswith("caisson worker ")
        assert line.endswith(f" (process {victim}) {KILLED}; a new one starts")
        # The other worker takes all, so nobody is sent to the waiting room; the dead one's own requests are lost.
        assert {status for status, _ in load.answers} == {200}
        assert len(load.errors) <= 4
        assert victim not in server.workers(2)
        assert "Z" not in server.children().values()
        totals = server.ask("/facts")[1]
        # The counters of the dead survive; the gauges are forgotten, once for it and once for the waiting room.
        assert totals["requests"] >= len(load.answers) > 20
        assert (totals["forgotten"], totals["deaths"]) == (2, 1)
        assert server.stop() == 0


def test_the_waiting_room_opens_when_no_worker_is_left(tmp_path: Path) -> None:
    with FakeTree(tmp_path, environ=ALONE, load_seconds=0.5) as server:
        server.wait_ready()
        (worker,) = server.workers(1)
        os.kill(worker, signal.SIGKILL)
        eventually(lambda: server.status("/ready") == 503)
        assert server.status("/live") == 200
        eventually(lambda: server.status("/ready") == 200)
        assert server.workers(1) != {worker}
        eventually(lambda: len(server.pids()) == 2)


def test_a_waiting_room_that_is_killed_is_opened_again(tmp_path: Path) -> None:
    with FakeTree(tmp_path, environ=ALONE, load_seconds=60) as server:
        server.wait_line("loading in process")
        eventually(lambda: server.status("/ready") == 503)
        room = server.ask("/ready")[1]["room"]
        os.kill(room, signal.SIGKILL)
        assert server.wait_line("caisson waiting room ").endswith(f"(process {room}) {KILLED}")
        eventually(lambda: server.status("/ready") == 503)
        assert server.ask("/ready")[1]["room"] != room
        assert server.stop() == 0


def test_repeated_deaths_end_the_server_but_not_the_requests_of_others(tmp_path: Path) -> None:
    with FakeTree(tmp_path, shares_memory=True) as server:
        server.wait_ready()
        for _ in range(4):
            victim = min(server.workers(2))
            os.kill(victim, signal.SIGKILL)
            server.wait_text(f"(process {victim}) {KILLED}; a new one starts")
        workers = server.workers(2)
        pending = Pending(server, "/sleep?1")
        (other,) = workers - {busy_worker(server)}
        os.kill(other, signal.SIGKILL)
        assert server.wait_exit() == 1
        assert pending.status() == 200
        assert server.lines[-1] == f"caisson failed: 5 workers died within 60 s; the last one {KILLED}"
        assert server.lines[-2].endswith(KILLED)
        delays = [line.partition("; a new one starts")[2] for line in server.lines if "; a new one" in line]
        assert delays == ["", " in 0.5 s", " in 1 s", " in 2 s"]


def test_a_replacement_that_cannot_load_the_model(tmp_path: Path) -> None:
    poison = tmp_path / "poison"
    with FakeTree(tmp_path, environ=ALONE, poison=str(poison)) as server:
        server.wait_ready()
        (worker,) = server.workers(1)
        poison.touch()
        os.kill(worker, signal.SIGKILL)
        assert "failed: RuntimeError: the weights are gone; a new one starts" in server.wait_text("weights are gone;")
        assert server.status("/ready") == 503
        poison.unlink()
        eventually(lambda: server.status("/ready") == 200)
        assert server.stop() == 0


def test_a_stuck_worker_is_replaced_and_ends_by_itself(tmp_path: Path) -> None:
    with FakeTree(tmp_path, shares_memory=True) as server:
        server.wait_ready()
        workers = server.workers(2)
        pending = Pending(server, "/sleep?2.5")
        victim = busy_worker(server)
        while server.ask("/stick")[1]["pid"] != victim:
            # The other one took it, and is as good.
            victim, *_ = workers - {victim}
            break
        line = server.wait_text("hung: every prediction was past the time-out")
        assert line.endswith("; a new one starts")
        eventually(lambda: len(server.pids()) == 3)
        assert pending.status() == 200
        assert victim not in server.workers(2)
        assert sum("; a new one starts" in line for line in server.lines) == 1
        assert server.stop() == 0


def test_a_worker_whose_event_loop_hangs_is_killed(tmp_path: Path) -> None:
    environ = {"MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT": "1.5"}
    with FakeTree(tmp_path, environ=environ, silence=1) as server:
        server.wait_ready()
        workers = server.workers(2)
        began = time.monotonic()
        pending = Pending(server, "/hang")
        # A prediction may hold the loop until its time-out.
        server.wait_text("did not respond for 1.5 s; a new one starts")
        assert time.monotonic() - began > 1.5
        assert pending.status() == 0
        eventually(lambda: len(server.pids()) == 3)
        assert len(server.workers(2) & workers) == 1
        assert server.stop() == 0


def test_a_worker_that_another_process_tells_to_end(tmp_path: Path) -> None:
    with FakeTree(tmp_path) as server:
        server.wait_ready()
        server.workers(2)
        pending = Pending(server, "/sleep?0.8")
        victim = busy_worker(server)
        os.kill(victim, signal.SIGTERM)
        # Its place is taken while it finishes.
        assert server.wait_text(f"(process {victim})").endswith("was told to end by another process; a new one starts")
        server.wait_text(" is ready")
        assert (pending.status(), pending.pid()) == (200, victim)
        assert victim not in server.workers(2)
        assert "Z" not in server.children().values()


def test_a_worker_that_leaves(tmp_path: Path) -> None:
    with FakeTree(tmp_path) as server:
        server.wait_ready()
        server.workers(2)
        assert server.status("/exit") == 0
        server.wait_text("failed: SystemExit: 4; a new one starts")
        assert server.status("/crash") == 0
        server.wait_text("ended with exit code 3; a new one starts in 0.5 s")
        assert len(server.workers(2)) == 2
