"""The end of the server: what is under way is finished, and no process is left, however it ends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from support.fake_tree import FakeTree, eventually
from support.load import Pending, busy_worker

MODES = pytest.mark.parametrize("shares_memory", [False, True])


@MODES
def test_requests_under_way_are_answered(tmp_path: Path, *, shares_memory: bool) -> None:
    with FakeTree(tmp_path, shares_memory=shares_memory) as server:
        server.wait_ready()
        server.workers(2)
        pending = [Pending(server, "/sleep?0.7") for _ in range(8)]
        eventually(lambda: server.ask("/facts")[1]["requests"] == 8)
        server.process.send_signal(signal.SIGTERM)
        # A second signal changes nothing.
        time.sleep(0.1)
        server.process.send_signal(signal.SIGINT)
        eventually(lambda: server.status("/ready") == 0)
        assert server.process.poll() is None
        assert server.wait_exit() == 0
        assert [one.status() for one in pending] == [200] * 8
        assert not [line for line in server.lines if line.startswith("caisson ") and "ready" not in line]


def test_drain_delay(tmp_path: Path) -> None:
    with FakeTree(tmp_path, environ={"CAISSON_DRAIN_DELAY": "1"}) as server:
        server.wait_ready()
        server.workers(2)
        server.process.send_signal(signal.SIGTERM)
        told = time.monotonic()
        eventually(lambda: server.status("/ready") == 503)
        assert server.ask("/facts")[0] == 200
        pending = Pending(server, "/sleep?1.2")
        assert server.wait_exit() == 0
        assert pending.status() == 200
        assert time.monotonic() - told > 1.0


def test_a_worker_that_hangs_does_not_hold_the_end_for_ever(tmp_path: Path) -> None:
    environ = {"MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT": "0.5"}
    with FakeTree(tmp_path, environ=environ, last_answer=1.5) as server:
        server.wait_ready()
        Pending(server, "/hang")
        time.sleep(0.1)
        told = time.monotonic()
        assert server.stop() == 0
        assert 2 < time.monotonic() - told < 5


@pytest.mark.parametrize("shares_memory, steps", [(True, 7), (False, 4)])
def test_a_signal_at_any_moment_of_the_start(tmp_path: Path, *, shares_memory: bool, steps: int) -> None:
    for step in range(steps):
        folder = tmp_path / str(step)
        folder.mkdir()
        with FakeTree(folder, shares_memory=shares_memory, load="thread") as server:
            server.wait_line("begins")
            time.sleep(0.04 * step)
            assert server.stop() == 0
            assert "failed" not in server.log
            assert "Traceback" not in server.log


@pytest.mark.parametrize("load_seconds", [0, 60])
def test_children_end_when_the_supervisor_is_killed(tmp_path: Path, load_seconds: float) -> None:
    with FakeTree(tmp_path, load_seconds=load_seconds) as server:
        if load_seconds:
            server.wait_line("loading in process")
            eventually(lambda: server.status("/ready") == 503)
        else:
            server.wait_ready()
            pending = Pending(server, "/sleep?0.5")
            busy_worker(server)
        server.process.kill()
        killed = time.monotonic()
        server.process.wait()
        eventually(lambda: not server.pids())
        assert time.monotonic() - killed < 3
        if not load_seconds:
            assert pending.status() == 200


def test_process_1_reaps_orphans_and_obeys_signals(tmp_path: Path) -> None:
    unshare = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
    if shutil.which("unshare") is None or subprocess.run([*unshare, "true"], check=False).returncode != 0:
        pytest.skip("this machine allows no process namespace")
    with FakeTree(tmp_path, prefix=unshare, shares_memory=True) as server:
        server.wait_ready()
        (first,) = server.children()
        assert server.ask("/facts")[1]["loaded_in"] == 1
        server.ask("/orphan?0.3")
        eventually(lambda: len(server.children(first)) == 3)
        eventually(lambda: len(server.children(first)) == 2)
        os.kill(first, signal.SIGTERM)
        assert server.wait_exit() == 0
