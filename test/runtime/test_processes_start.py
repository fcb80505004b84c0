"""The start of the server's processes: waiting room, model, workers, ready line; and how a start fails."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from support.fake_tree import FakeTree, eventually
from support.process import free_port

MODES = pytest.mark.parametrize("shares_memory", [False, True])


@MODES
def test_ready(tmp_path: Path, *, shares_memory: bool) -> None:
    with FakeTree(tmp_path, shares_memory=shares_memory) as server:
        facts = server.wait_ready()
        assert facts.pop("load_seconds") > 0
        expected = {"model_uri": "runs:/r/m", "model_folder": str(server.model), "port": server.port, "workers": 2}
        assert facts == {**expected, "loader": "fake"}
        workers = server.workers(2)
        eventually(lambda: server.pids() == {server.process.pid, *workers})
        assert server.stop() == 0
        assert server.count("caisson ready ") == 1
        assert "Traceback" not in server.log


@MODES
def test_503_at_once_and_until_the_model_is_loaded(tmp_path: Path, *, shares_memory: bool) -> None:
    began = time.monotonic()
    with FakeTree(tmp_path, shares_memory=shares_memory, load_seconds=1.0) as server:
        eventually(lambda: server.status("/ready") == 503)
        # Python itself takes a part of it, and the machine may be busy.
        assert time.monotonic() - began < 0.9
        assert server.status("/live") == 200
        assert server.count("caisson ready ") == 0
        server.wait_ready()
        assert server.ask("/facts")[0] == 200
        assert server.ask("/facts")[1]["load_seconds"] >= 1.0


def test_a_model_that_leaves_a_thread_behind_is_loaded_by_the_workers(tmp_path: Path) -> None:
    with FakeTree(tmp_path, shares_memory=True, load="thread", load_seconds=0.2) as server:
        assert server.wait_ready()["load_seconds"] > 0.4
        assert server.count("caisson starts anew: ") == 1
        workers = server.workers(2)
        facts = server.ask("/facts")[1]
        assert facts["loaded_in"] == facts["pid"]
        eventually(lambda: server.pids() == {server.process.pid, *workers})
        # What the first life set for itself is forgotten.
        assert facts["variables"] == [str(facts["threads"])] * 2
        assert server.stop() == 0


def test_no_connection_is_refused_while_the_server_starts_anew(tmp_path: Path) -> None:
    with FakeTree(tmp_path, shares_memory=True, load="thread", load_seconds=0.3) as server:
        eventually(lambda: server.status("/ready") == 503)
        statuses = set()
        while not server.count("caisson ready "):
            statuses.add(server.ask("/ready")[0])
        assert statuses <= {503, 200}
        # Nor does anybody get a 503 who has seen the ready line.
        assert {server.ask("/ready")[0] for _ in range(50)} == {200}


def test_a_port_for_metrics(tmp_path: Path) -> None:
    port = free_port()
    with FakeTree(tmp_path, environ={"CAISSON_METRICS_PORT": str(port)}) as server:
        server.wait_ready()
        assert server.ask("/facts", port)[1]["ports"] == [server.port, port]


def failure(server: FakeTree) -> Any:
    with server:
        code = server.wait_exit()
        assert server.count("caisson failed: ") == 1
        assert server.lines[-1].startswith("caisson failed: ")
        assert not server.pids()
        return code, server.lines[-1][len("caisson failed: ") :]


@MODES
@pytest.mark.parametrize(
    "load, reason, has_trace",
    [
        ("raise", "RuntimeError: the weights are gone", True),
        ("refuse", "this model is not for this server", False),
        ("exit", "SystemExit: 0", True),
    ],
)
def test_a_model_that_cannot_be_loaded(
    tmp_path: Path, *, shares_memory: bool, load: str, reason: str, has_trace: bool
) -> None:
    server = FakeTree(tmp_path, load=load, shares_memory=shares_memory)
    assert failure(server) == (1, reason)
    assert ("Traceback" in server.log) == has_trace


def test_a_worker_that_is_killed_while_it_loads(tmp_path: Path) -> None:
    code, reason = failure(FakeTree(tmp_path, load="die"))
    assert (code, reason) == (1, "the process that serves the model was killed by SIGKILL (out of memory?)")


def test_a_port_in_use(tmp_path: Path) -> None:
    with FakeTree(tmp_path) as server:
        server.wait_ready()
        (tmp_path / "second").mkdir()
        second = FakeTree(tmp_path / "second", environ={"PORT": str(server.port)})
        code, reason = failure(second)
        assert (code, reason) == (1, f"cannot listen on port {server.port}: Address already in use")
        assert second.count("loading") == 0


@pytest.mark.parametrize(
    "environ, reason",
    [({"MLFLOW_MODELS_WORKERS": "many"}, "MLFLOW_MODELS_WORKERS is 'many'"), ({"PORT": "high"}, "PORT is 'high'")],
)
def test_wrong_settings(tmp_path: Path, environ: Any, reason: str) -> None:
    code, found = failure(FakeTree(tmp_path, environ=environ))
    assert code == 2
    assert reason in found


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    heavy = "('asyncio', 'uvloop', 'httptools', 'h11', 'numpy', 'yaml', 'packaging', 'multiprocessing')"
    code = f"import sys, caisson_server.main; print([name for name in {heavy} if name in sys.modules])"
    runtime = Path(__file__).resolve().parents[2] / "templates" / "runtime"
    done = subprocess.run([sys.executable, "-c", code], cwd=runtime, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@MODES
def test_a_signal_while_the_model_is_loaded(tmp_path: Path, *, shares_memory: bool) -> None:
    with FakeTree(tmp_path, shares_memory=shares_memory, load_seconds=60) as server:
        server.wait_line("loading in process")
        began = time.monotonic()
        server.process.send_signal(signal.SIGINT)
        assert server.wait_exit() == 0
        assert time.monotonic() - began < 2
        assert "caisson failed" not in server.log
