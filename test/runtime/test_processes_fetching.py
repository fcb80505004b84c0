"""A model that is fetched at the start: by a child, into a folder that lives as long as the server."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from support.fake_tree import FakeTree, eventually

#: Stands for MLflow's client, which takes seconds to be imported: the model's URI is a folder.
_CLIENT = """
import os, pathlib, shutil, sys, time

def download_artifacts(artifact_uri, dst_path):
    print(f"fetching in process {os.getpid()}", file=sys.stderr, flush=True)
    source = pathlib.Path(artifact_uri)
    if source.name == "slow":
        time.sleep(60)
    if source.name == "deadly":
        os.kill(os.getpid(), 9)
    if source.name == "cloud":
        import a_missing_client
    if not source.exists():
        raise RuntimeError("there is no such model")
    return shutil.copytree(source, pathlib.Path(dst_path) / "fetched")
"""


def tree(folder: Path, uri: str, **script: Any) -> FakeTree:
    stub = folder / "stubs" / "mlflow"
    stub.mkdir(parents=True)
    (stub / "__init__.py").touch()
    (stub / "artifacts.py").write_text(_CLIENT)
    temporary = folder / "tmp"
    temporary.mkdir()
    environ = {"MLFLOW_MODEL_URI": uri, "TMPDIR": str(temporary)}
    return FakeTree(folder, baked=False, environ=environ, **script)


def leftovers(server: FakeTree) -> Any:
    return list((server.folder / "tmp").iterdir())


@pytest.mark.parametrize("load", ["", "thread"])
def test_the_folder_lives_as_long_as_the_server(tmp_path: Path, load: str) -> None:
    with tree(tmp_path, str(tmp_path / "model"), shares_memory=True, load=load) as server:
        facts = server.wait_ready()
        folder = Path(facts["model_folder"])
        assert folder.parent.parent == tmp_path / "tmp"
        assert json.loads((folder / "fake.json").read_text())["load"] == load
        assert server.ask("/facts")[1]["folder"] == str(folder)
        assert facts["model_uri"] == str(tmp_path / "model")
        # A server that starts anew, as after loading this thread, does not fetch again.
        assert server.count("fetching") == 1
        assert server.count("caisson starts anew") == (1 if load else 0)
        assert f"fetching in process {server.process.pid}" not in server.log
        assert server.stop() == 0
        assert not leftovers(server)


@pytest.mark.parametrize(
    "name, reason",
    [
        ("nowhere", "cannot load the model '{}': there is no such model"),
        (
            "cloud",
            (
                "cannot load the model '{}': this image has no client for its store (no module 'a_missing_client'): "
                "build it with --load-at-start for a model that is there, or add the client with --requirement"
            ),
        ),
        ("deadly", "the process that fetched the model was killed by SIGKILL (out of memory?)"),
    ],
)
def test_a_model_that_cannot_be_fetched(tmp_path: Path, name: str, reason: str) -> None:
    uri = str(tmp_path / name)
    with tree(tmp_path, uri) as server:
        assert server.wait_exit() == 1
        assert server.lines[-1] == f"caisson failed: {reason.format(uri)}"
        assert not leftovers(server)


def test_a_model_with_other_requirements(tmp_path: Path) -> None:
    with tree(tmp_path, str(tmp_path / "other")) as server:
        other = tmp_path / "other"
        other.mkdir()
        (other / "MLmodel").touch()
        (other / "requirements.txt").write_text("no-such-package==1\n")
        assert server.wait_exit() == 1
        assert "no-such-package==1 (missing)" in server.lines[-1]


def test_the_waiting_room_stays_open_while_the_model_is_fetched(tmp_path: Path) -> None:
    with tree(tmp_path, str(tmp_path / "slow")) as server:
        server.wait_line("fetching")
        eventually(lambda: server.status("/ready") == 503)
        room = server.ask("/ready")[1]["room"]
        os.kill(room, signal.SIGKILL)
        server.wait_line("caisson waiting room ")
        eventually(lambda: server.status("/ready") == 503)
        assert server.ask("/ready")[1]["room"] != room
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 2
        assert not leftovers(server)


def test_fetching_ends_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    with tree(tmp_path, str(tmp_path / "slow")) as server:
        server.wait_line("fetching")
        server.process.kill()
        server.process.wait()
        eventually(lambda: not server.pids(), 3)
