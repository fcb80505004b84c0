"""Who loads the model, how many workers there are, and how many threads native libraries have in each."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from support.fake_tree import FakeTree

MODES = pytest.mark.parametrize("shares_memory", [False, True])


def test_the_supervisor_loads_a_model_that_is_safe_to_share(tmp_path: Path) -> None:
    with FakeTree(tmp_path, shares_memory=True) as server:
        server.wait_ready()
        pids = server.workers(2)
        assert server.process.pid not in pids
        assert server.ask("/facts")[1]["loaded_in"] == server.process.pid
        assert server.count("preloaded") == 1
        assert server.count("loading in process") == 1


def test_workers_load_any_other_model_and_the_first_is_alone_at_first(tmp_path: Path) -> None:
    with FakeTree(tmp_path, load_seconds=0.5) as server:
        server.wait_line("loading in process")
        time.sleep(0.2)
        assert server.count("loading in process") == 1
        server.wait_ready()
        first = server.ask("/facts")[1]
        assert first["loaded_in"] == first["pid"]
        assert len(server.workers(2)) == 2
        assert server.count("loading in process") == 2
        assert server.count("preloaded") == 0


def test_one_worker_does_not_share(tmp_path: Path) -> None:
    with FakeTree(tmp_path, shares_memory=True, environ={"MLFLOW_MODELS_WORKERS": "1"}) as server:
        assert server.wait_ready()["workers"] == 1
        facts = server.ask("/facts")[1]
        assert facts["loaded_in"] == facts["pid"]
        assert facts["threads"] == len(os.sched_getaffinity(0))


def test_as_many_workers_as_cpus(tmp_path: Path) -> None:
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(allowed)})
        server = FakeTree(tmp_path, environ={"MLFLOW_MODELS_WORKERS": ""})
    finally:
        os.sched_setaffinity(0, allowed)
    with server:
        assert server.wait_ready()["workers"] == 1


def test_as_many_workers_as_the_first_ones_memory_allows(tmp_path: Path) -> None:
    with FakeTree(tmp_path, megabytes=64, memory=120, environ={"MLFLOW_MODELS_WORKERS": ""}) as server:
        assert server.wait_ready()["workers"] == 1
        facts = server.ask("/facts")[1]
        cpus = len(os.sched_getaffinity(0))
        assert (facts["threads"], facts["variables"]) == (cpus, [str(cpus)] * 2)


@MODES
def test_threads_that_the_user_has_set(tmp_path: Path, *, shares_memory: bool) -> None:
    with FakeTree(tmp_path, shares_memory=shares_memory, environ={"OMP_NUM_THREADS": "3"}) as server:
        server.wait_ready()
        facts = server.ask("/facts")[1]
        assert (facts["threads"], facts["variables"]) == (3, ["3", None])
