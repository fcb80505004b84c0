"""serve.py as the process of a container: ready line, signals, failures, exit codes."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Iterator, List

import httpx
import pytest

from support.models import ModelShelf
from support.process import ServerProcess, free_port, write_image

ROW = {"inputs": [[5.1, 3.5, 1.4, 0.2]]}


@pytest.fixture
def serve(tmp_path: Path) -> Path:
    return write_image(tmp_path)


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory, shelf: ModelShelf) -> Iterator[ServerProcess]:
    serve = write_image(tmp_path_factory.mktemp("slow"))
    environ = {"MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT": "4"}
    with ServerProcess(serve, shelf.folder("slow"), environ=environ) as server:
        server.wait_ready()
        yield server


def test_serves_and_stops(serve: Path, shelf: ModelShelf) -> None:
    environ = {"MLFLOW_MODEL_URI": "runs:/r/m", "MLFLOW_TRACKING_URI": "http://127.0.0.1:9"}
    with ServerProcess(serve, shelf.folder("iris_named"), environ=environ) as server:
        facts = server.wait_ready()
        assert (facts["port"], facts["model_uri"]) == (server.port, "runs:/r/m")
        assert 0 < facts["load_seconds"] < 60
        assert httpx.post(f"{server.url}/predict", json=ROW).json() == {"predictions": [0]}
        response = httpx.get(f"{server.url}/ping")
        assert (response.status_code, response.content) == (200, b"\n")
        assert "server" not in response.headers
        assert health_check(server.port) == 0
        assert server.stop() == 0
        assert "caisson failed" not in server.log
        assert "Traceback" not in server.log
    assert health_check(server.port) == 1


def health_check(port: int) -> int:
    script = Path(__file__).resolve().parents[2] / "templates" / "runtime" / "healthcheck.py"
    return subprocess.run([sys.executable, str(script)], env={"PORT": str(port)}, check=False).returncode


def test_answers_503_while_loading_and_stops_at_once(serve: Path, shelf: ModelShelf) -> None:
    with ServerProcess(serve, shelf.folder("slow_to_load")) as server:
        server.wait_listening()
        for path in ("/ping", "/health/ready", "/version"):
            assert httpx.get(f"{server.url}{path}").status_code == 503
        refused = httpx.post(f"{server.url}/predict", json=ROW)
        # Nobody stays in the waiting room: the next request is for a worker.
        assert (refused.status_code, refused.headers["connection"]) == (503, "close")
        assert httpx.get(f"{server.url}/health/live").status_code == 200
        assert health_check(server.port) == 1
        assert not [line for line in server.lines if line.startswith("caisson ready")]
        assert server.stop() == 0


def test_stops_at_once_while_it_is_still_being_imported(serve: Path, tmp_path: Path) -> None:
    package = tmp_path / "early" / "caisson_server"
    package.mkdir(parents=True)
    shutil.copy(serve, package.parent)
    (package / "__init__.py").touch()
    (package / "main.py").write_text("import time\nprint('importing', flush=True)\ntime.sleep(60)\n")
    script = str(package.parent / serve.name)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "importing\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


@pytest.mark.parametrize("how", ["sleep", "burn"])
def test_a_prediction_does_not_block_ping(slow: ServerProcess, how: str) -> None:
    answers: List[Any] = []
    with httpx.Client(base_url=slow.url, timeout=30) as predicting, httpx.Client(base_url=slow.url) as asking:
        thread = threading.Thread(
            target=lambda: answers.append(predicting.post("/predict", json={"inputs": [[how, 3.0]]}))
        )
        thread.start()
        time.sleep(0.5)
        worst = 0.0
        for _ in range(10):
            started = time.monotonic()
            assert asking.get("/ping").status_code == 200
            worst = max(worst, time.monotonic() - started)
        is_predicting = not answers
        thread.join()
    assert is_predicting
    assert worst < 1.0
    assert answers[0].json() == {"predictions": [how]}


def test_time_out(slow: ServerProcess) -> None:
    response = httpx.post(f"{slow.url}/invocations", json={"inputs": [{"how": "sleep", "seconds": 6.0}]}, timeout=30)
    assert (response.status_code, response.headers["content-type"]) == (504, "application/json")
    assert response.json()["message"] == "Request processing time exceeded limit"


def test_body_of_101_megabytes(slow: ServerProcess) -> None:
    body = b'{"inputs": "' + b"x" * (101 * 1024 * 1024) + b'"}'
    response = httpx.post(f"{slow.url}/predict", content=body, timeout=60)
    assert (response.status_code, response.json()["error"]) == (413, "The body is too large")


def test_a_running_prediction_is_finished_before_the_end(serve: Path, shelf: ModelShelf) -> None:
    with ServerProcess(serve, shelf.folder("slow")) as server, httpx.Client(timeout=30) as client:
        server.wait_ready()
        answers: List[Any] = []
        thread = threading.Thread(
            target=lambda: answers.append(client.post(f"{server.url}/predict", json={"inputs": [["sleep", 2.0]]}))
        )
        thread.start()
        time.sleep(1.0)
        assert server.stop() == 0
        thread.join()
        assert answers[0].json() == {"predictions": ["sleep"]}


def test_a_hanging_prediction_does_not_hold_the_end(serve: Path, shelf: ModelShelf) -> None:
    environ = {"MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT": "1"}
    with ServerProcess(serve, shelf.folder("slow"), environ=environ) as server:
        server.wait_ready()
        assert httpx.post(f"{server.url}/predict", json={"inputs": [["sleep", 60]]}, timeout=30).status_code == 504
        started = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - started < 10


def failure(server: ServerProcess) -> Any:
    with server:
        code = server.wait_exit()
        reasons = [line for line in server.lines if line.startswith("caisson failed: ")]
        assert len(reasons) == 1
        assert server.lines[-1] == reasons[0]
        return code, reasons[0][len("caisson failed: ") :]


def test_a_model_that_cannot_be_loaded(serve: Path, shelf: ModelShelf) -> None:
    server = ServerProcess(serve, shelf.folder("broken"))
    code, reason = failure(server)
    assert (code, reason) == (1, "RuntimeError: the weights are gone")
    assert "Traceback" in server.log


def test_no_model(serve: Path, tmp_path: Path) -> None:
    code, reason = failure(ServerProcess(serve, tmp_path / "nowhere"))
    assert (code, reason.startswith("cannot read '")) == (1, True)


@pytest.mark.parametrize(
    "environ, arguments, code, reason",
    [
        ({"MLFLOW_MODEL_URI": "runs:/other/m"}, [], 2, "--load-at-start"),
        ({"PORT": "high"}, [], 2, "PORT is 'high'"),
        ({}, ["train"], 2, "'train'"),
        ({}, ["--image-file", "/nowhere/image.json"], 1, "cannot read '/nowhere/image.json'"),
    ],
)
def test_wrong_configuration(serve: Path, environ: Any, arguments: Any, code: int, reason: str) -> None:
    found_code, found_reason = failure(ServerProcess(serve, arguments=arguments, environ=environ))
    assert found_code == code
    assert reason in found_reason


def test_a_port_in_use(serve: Path, slow: ServerProcess) -> None:
    code, reason = failure(ServerProcess(serve, environ={"PORT": str(slow.port)}))
    assert (code, reason) == (1, f"cannot listen on port {slow.port}: Address already in use")


def test_load_at_start(tmp_path: Path, shelf: ModelShelf) -> None:
    serve = write_image(tmp_path, model_source="load-at-start")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    environ = {"MLFLOW_MODEL_URI": str(shelf.folder("iris_tensor")), "TMPDIR": str(temporary)}
    with ServerProcess(serve, environ=environ) as server:
        assert server.wait_ready()["model_uri"] == environ["MLFLOW_MODEL_URI"]
        assert httpx.post(f"{server.url}/predict", json=ROW).json() == {"predictions": [0]}
        assert [path.name.startswith("caisson-model-") for path in temporary.iterdir()].count(True) == 1
        server.process.send_signal(signal.SIGINT)
        assert server.wait_exit() == 0
    assert not list(temporary.glob("caisson-model-*"))


def test_load_at_start_without_a_model(tmp_path: Path) -> None:
    serve = write_image(tmp_path, model_source="load-at-start")
    assert failure(ServerProcess(serve)) == (2, "Please set the MLFLOW_MODEL_URI environment variable")


def test_load_at_start_with_other_requirements(tmp_path: Path, shelf: ModelShelf) -> None:
    serve = write_image(tmp_path, model_source="load-at-start")
    model = tmp_path / "model"
    shutil.copytree(shelf.folder("iris_tensor"), model)
    (model / "requirements.txt").write_text("mlflow\nno-such-package==1.2\nnumpy==1.0\n")
    code, reason = failure(ServerProcess(serve, environ={"MLFLOW_MODEL_URI": str(model)}))
    assert code == 1
    assert "no-such-package==1.2 (missing), numpy==1.0 (installed: " in reason


def test_load_at_start_from_an_unreachable_store(tmp_path: Path) -> None:
    serve = write_image(tmp_path, model_source="load-at-start")
    environ = {
        "MLFLOW_MODEL_URI": "runs:/0123456789abcdef0123456789abcdef/m",
        "MLFLOW_TRACKING_URI": f"http://user:secret@127.0.0.1:{free_port()}",
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    }
    server = ServerProcess(serve, environ=environ)
    code, reason = failure(server)
    assert code == 1
    assert reason.startswith("cannot load the model 'runs:/0123456789abcdef0123456789abcdef/m': ")
    assert "secret" not in reason
