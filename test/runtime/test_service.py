"""The whole server over HTTP: routes, words, keys, origins, log, metrics, handler, other platforms' contracts."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import httpx
import mlflow
import pytest

from support.exposition import parse
from support.models import IRIS_COLUMNS, ModelShelf
from support.process import ServerProcess, free_port, write_image

ROWS = {"inputs": [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]]}
SPLIT = {"dataframe_split": {"columns": IRIS_COLUMNS, "data": ROWS["inputs"]}}
KEY = "correct-horse-battery"


@pytest.fixture(scope="module")
def iris(tmp_path_factory: pytest.TempPathFactory, shelf: ModelShelf) -> Iterator[ServerProcess]:
    serve = write_image(tmp_path_factory.mktemp("iris"), model_uri="models:/iris/3")
    with ServerProcess(serve, shelf.folder("iris_named")) as server:
        server.wait_ready()
        yield server


def settle(server: ServerProcess, words: str) -> List[str]:
    """The lines of the log with these words; the access log is up to 0.2 s late."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and not any(words in line for line in server.lines):
        time.sleep(0.02)
    return [line for line in list(server.lines) if words in line]


@pytest.mark.parametrize(
    "path, body",
    [
        ("/ping", "\n"),
        ("/health", "\n"),
        ("/version", mlflow.__version__),
        ("/health/live", '{"status": "live"}'),
        ("/health/ready", '{"status": "ready"}'),
        ("/v2/health/live", '{"live": true}'),
        ("/v2/health/ready", '{"ready": true}'),
        ("/v2/models/iris/ready", '{"name": "iris", "ready": true}'),
        ("/v2/models/iris/versions/3/ready", '{"name": "iris", "ready": true}'),
    ],
)
def test_probes(iris: ServerProcess, path: str, body: str) -> None:
    response = httpx.get(iris.url + path)
    assert (response.status_code, response.headers["content-type"], response.text) == (200, "application/json", body)


@pytest.mark.parametrize(
    "path, body, predictions",
    [
        ("/predict", ROWS, {"predictions": [0, 2]}),
        ("/invocations", SPLIT, {"predictions": [0, 2]}),
        ("/score", {"input_data": ROWS["inputs"]}, [0, 2]),
    ],
)
def test_predictions(iris: ServerProcess, path: str, body: Any, predictions: Any) -> None:
    response = httpx.post(iris.url + path, json=body)
    assert (response.status_code, response.json()) == (200, predictions)


def test_open_inference(iris: ServerProcess) -> None:
    metadata = httpx.get(f"{iris.url}/v2/models/iris").json()
    assert [tensor["name"] for tensor in metadata["inputs"]] == IRIS_COLUMNS
    columns = [
        {"name": name, "shape": [2], "datatype": "FP64", "data": [row[index] for row in ROWS["inputs"]]}
        for index, name in enumerate(IRIS_COLUMNS)
    ]
    response = httpx.post(f"{iris.url}/v2/models/iris/infer", json={"id": "7", "inputs": columns})
    assert response.status_code == 200
    assert (response.json()["id"], response.json()["outputs"][0]["data"]) == ("7", [0, 2])


@pytest.mark.parametrize(
    "method, path, status, body",
    [
        ("GET", "/nowhere", 404, {"detail": "Not Found"}),
        ("GET", "/invocations", 405, {"detail": "Method Not Allowed"}),
        ("POST", "/ping", 405, {"detail": "Method Not Allowed"}),
        ("GET", "/v2/models/other", 404, {"error": "Not Found: there is no such route"}),
    ],
)
def test_what_is_not_there(iris: ServerProcess, method: str, path: str, status: int, body: Any) -> None:
    response = httpx.request(method, iris.url + path)
    assert (response.status_code, response.json()) == (status, body)


def test_pages(iris: ServerProcess) -> None:
    document = httpx.get(f"{iris.url}/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert {"/predict", "/invocations", "/v2/models/iris/infer", "/score", "/metrics"} <= set(document["paths"])
    page = httpx.get(f"{iris.url}/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "http://" not in page.text.replace(iris.url, "")
    assert "https://" not in page.text


def test_one_log_line_for_each_request(iris: ServerProcess) -> None:
    telling = {"inputs": [[5.1, 3.5, 1.4, 31415.926]]}  # no time that a log could hold
    httpx.post(f"{iris.url}/predict?token=secret", json=telling, headers={"x-request-id": "one"})
    httpx.get(f"{iris.url}/a%0Ab%20c", headers={"x-request-id": "two"})
    httpx.get(f"{iris.url}/ping", headers={"x-request-id": "three"})
    (first,) = settle(iris, "id=one")
    (second,) = settle(iris, "id=two")
    assert first.startswith("request method=POST path=/predict status=200 outcome=ok ms=")
    assert second.startswith("request method=GET path=/a%0Ab%20c status=404 outcome=bad_input ms=")
    assert "id=three" not in iris.log
    assert "secret" not in iris.log
    assert "31415" not in iris.log


def test_metrics_of_all_workers(tmp_path: Path, shelf: ModelShelf) -> None:
    with ServerProcess(write_image(tmp_path), shelf.folder("raises"), environ={"MLFLOW_MODELS_WORKERS": "3"}) as server:
        server.wait_ready()
        for how in ["fine", "fine", "value", "runtime"] * 5:
            body = {"dataframe_split": {"columns": ["how"], "data": [[how]]}}
            # A connection for each request: they come to different workers.
            httpx.post(f"{server.url}/invocations", json=body)
        httpx.post(f"{server.url}/invocations", content=b"{")
        requests = parse(httpx.get(f"{server.url}/metrics").content)["caisson_requests_total"]
        outcomes = {"ok": 10, "model_error": 10, "bad_input": 1, "timeout": 0, "overload": 0}
        found = {
            outcome: requests.value("caisson_requests_total", route="/invocations", outcome=outcome)
            for outcome in outcomes
        }
        assert found == outcomes


def test_metrics_have_a_port_of_their_own(tmp_path: Path, shelf: ModelShelf) -> None:
    port = free_port()
    keys = tmp_path / "keys"
    keys.write_text(KEY)
    environ = {"CAISSON_METRICS_PORT": str(port), "CAISSON_API_KEY_FILE": str(keys)}
    with ServerProcess(write_image(tmp_path), shelf.folder("iris_named"), environ=environ) as server:
        server.wait_ready()
        assert "caisson_model_info" in httpx.get(f"http://127.0.0.1:{port}/metrics").text
        assert httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200
        assert httpx.post(f"http://127.0.0.1:{port}/predict", json=ROWS).status_code == 404
        assert httpx.get(f"{server.url}/metrics", headers={"x-api-key": KEY}).status_code == 404


def test_keys_and_origins(tmp_path: Path, shelf: ModelShelf) -> None:
    keys = tmp_path / "keys"
    keys.write_text(f"# ours\n{KEY}\n")
    environ = {"CAISSON_API_KEY_FILE": str(keys), "CAISSON_CORS_ORIGINS": "https://example.org"}
    with ServerProcess(write_image(tmp_path), shelf.folder("iris_named"), environ=environ) as server:
        server.wait_ready()
        for path in ("/ping", "/health", "/version", "/health/live", "/health/ready", "/v2/health/live"):
            assert httpx.get(server.url + path).status_code == 200, path
        refused = {path: httpx.post(server.url + path, json=ROWS) for path in ("/predict", "/invocations", "/score")}
        assert {response.status_code for response in refused.values()} == {401}
        assert refused["/invocations"].json()["error_code"] == "UNAUTHENTICATED"
        assert set(refused["/predict"].json()) == {"error", "detail"}
        assert refused["/predict"].headers["www-authenticate"].startswith("Bearer")
        for path in ("/metrics", "/docs", "/openapi.json", "/nowhere", "/v2/models/m"):
            assert httpx.get(server.url + path).status_code == 401, path
        for headers in ({"authorization": f"Bearer {KEY}"}, {"x-api-key": KEY}):
            assert httpx.post(f"{server.url}/predict", json=ROWS, headers=headers).status_code == 200
        assert httpx.post(f"{server.url}/predict", json=ROWS, headers={"x-api-key": KEY + "x"}).status_code == 401
        page = {"origin": "https://example.org"}
        asks = {**page, "access-control-request-method": "POST"}
        preflight = httpx.options(f"{server.url}/predict", headers=asks)
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == "https://example.org"
        answer = httpx.post(f"{server.url}/predict", json=ROWS, headers={**page, "x-api-key": KEY})
        assert answer.headers["access-control-allow-origin"] == "https://example.org"
        assert "access-control-allow-origin" not in httpx.get(f"{server.url}/ping").headers
        assert KEY not in server.log


def test_a_file_of_keys_that_is_not_there(tmp_path: Path, shelf: ModelShelf) -> None:
    environ = {"CAISSON_API_KEY_FILE": str(tmp_path / "nowhere")}
    with ServerProcess(write_image(tmp_path), shelf.folder("iris_named"), environ=environ) as server:
        assert server.wait_exit() == 2
        assert len(server.lines) == 1
        assert server.lines[0].startswith("caisson failed: cannot read the file of API keys")


def test_log_in_json(tmp_path: Path, shelf: ModelShelf) -> None:
    environ = {"CAISSON_LOG_FORMAT": "json"}
    with ServerProcess(write_image(tmp_path), shelf.folder("raises"), environ=environ) as server:
        server.wait_ready()
        httpx.post(f"{server.url}/invocations", json={"inputs": {"how": ["runtime"]}}, headers={"x-request-id": "r1"})
        # Before the end: an error that is the first thing in the log must not silence what comes after it.
        assert settle(server, '"event": "request"')
        server.stop()
        # MLflow's own warnings are text.
        events = [json.loads(line) for line in server.lines if line.startswith("{")]
    errors = [event for event in events if event.get("event") == "error"]
    requests = [event for event in events if event.get("event") == "request"]
    assert [event["id"] for event in errors] == ["r1"]
    assert "Traceback" in errors[0]["trace"]
    assert [(event["path"], event["status"], event["outcome"]) for event in requests] == [
        ("/invocations", 400, "model_error")
    ]


def test_handler(tmp_path: Path, shelf: ModelShelf) -> None:
    serve = write_image(tmp_path, handler="handler.py")
    (tmp_path / "handler.py").write_text(
        "NAMES = ['setosa', 'versicolor', 'virginica']\n"
        "def pre(inputs):\n    return [[float(cell) for cell in row['cells'].split()] for row in inputs]\n"
        "def post(predictions):\n    return [NAMES[int(one)] for one in predictions]\n"
    )
    with ServerProcess(serve, shelf.folder("iris_named")) as server:
        server.wait_ready()
        body = {"inputs": [{"cells": "5.1 3.5 1.4 0.2"}, {"cells": "6.7 3.0 5.2 2.3"}]}
        assert httpx.post(f"{server.url}/predict", json=body).json() == {"predictions": ["setosa", "virginica"]}
        refused = httpx.post(f"{server.url}/predict", json={"inputs": [{"cells": "tall"}]})
        assert (refused.status_code, "could not convert" in refused.json()["detail"]) == (400, True)
        assert httpx.post(f"{server.url}/invocations", json=SPLIT).json() == {"predictions": [0, 2]}


def test_a_handler_without_functions_ends_the_start(tmp_path: Path, shelf: ModelShelf) -> None:
    serve = write_image(tmp_path, handler="handler.py")
    (tmp_path / "handler.py").write_text("def prepare(inputs):\n    return inputs\n")
    with ServerProcess(serve, shelf.folder("iris_named")) as server:
        assert server.wait_exit() == 1
        assert server.lines[-1].startswith("caisson failed: the handler 'handler.py' defines neither pre nor post")


@pytest.mark.parametrize(
    "model, environ, choices",
    [
        ("iris_named", {}, ("direct", "on")),
        ("iris_named", {"CAISSON_BATCHING": "off"}, ("direct", "off")),
        ("iris_named", {"CAISSON_LOADER": "pyfunc"}, ("pyfunc", "off")),
        ("iris_named", {"CAISSON_LOADER": "pyfunc", "CAISSON_BATCHING": "on"}, ("pyfunc", "on")),
        ("sklearn_function", {}, ("direct", "off")),
        ("echo", {}, ("pyfunc", "off")),
    ],
)
def test_the_ready_line_tells_the_choices(
    tmp_path: Path, shelf: ModelShelf, model: str, environ: Dict[str, str], choices: Tuple[str, str]
) -> None:
    with ServerProcess(write_image(tmp_path), shelf.folder(model), environ=environ) as server:
        facts = server.wait_ready()
        assert (facts["loader"], facts["batching"]) == choices
        assert facts["batching_reason"]


def test_sagemaker(tmp_path: Path, shelf: ModelShelf) -> None:
    port = free_port()
    environ = {"SAGEMAKER_BIND_TO_PORT": str(port), "SAGEMAKER_MODEL_SERVER_WORKERS": "1"}
    with ServerProcess(write_image(tmp_path), shelf.folder("iris_named"), ["serve"], environ=environ) as server:
        facts = server.wait_ready()
        assert (facts["port"], facts["workers"]) == (port, 1)
        assert httpx.get(f"http://127.0.0.1:{port}/ping").status_code == 200
        answer = httpx.post(
            f"http://127.0.0.1:{port}/invocations",
            content="sepal_length,sepal_width,petal_length,petal_width\n5.1,3.5,1.4,0.2\n",
            headers={"content-type": "text/csv"},
        )
        assert answer.json() == {"predictions": [0]}
