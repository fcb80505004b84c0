"""The ASGI application: routes, faults, limits, log lines."""

from __future__ import annotations

import threading
from typing import Any, Callable, Dict, Iterator, List

import pytest

from caisson_server.web import request as request_module
from caisson_server.web.answer import Answer
from caisson_server.web.app import Application
from caisson_server.web.pool import PredictionPool
from caisson_server.web.state import Call, ServerState
from support.apps import client

SCORING = ["/predict", "/invocations"]


class EchoScorer:
    """Answers with the body; a body `wait` waits until it is let go."""

    version = "1.2.3"

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def invocations(self, call: Call) -> Answer:
        return self.predict(call)

    def predict(self, call: Call) -> Answer:
        if call.body == b"wait":
            self.let_go.wait(10)
        if call.body == b"fail":
            raise RuntimeError("broken scorer in /etc/passwd")
        return Answer(200, call.body, "text/plain")


@pytest.fixture
def scorer() -> Iterator[EchoScorer]:
    one = EchoScorer()
    yield one
    one.let_go.set()


def serve(scorer: Any, timeout: float = 5.0) -> Any:
    state = ServerState()
    state.scorer = scorer
    return client(Application(state, PredictionPool(), timeout))


@pytest.mark.parametrize("path", ["/ping", "/health", "/version", "/health/ready"])
def test_not_ready_until_loaded(path: str) -> None:
    response = serve(None).get(path)
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert response.json() == {"detail": "The model is not ready"}


def test_scoring_is_not_ready_in_the_routes_own_words() -> None:
    unloaded = serve(None)
    invocations, predict = (unloaded.post(path, content=b"{}") for path in ("/invocations", "/predict"))
    assert (invocations.status_code, invocations.json()["error_code"]) == (503, "TEMPORARILY_UNAVAILABLE")
    assert (predict.status_code, set(predict.json())) == (503, {"error", "detail"})


def test_live_before_ready(scorer: EchoScorer) -> None:
    assert serve(None).get("/health/live").json() == {"status": "live"}
    assert serve(scorer).get("/health/ready").json() == {"status": "ready"}


def test_not_ready_once_stopping(scorer: EchoScorer) -> None:
    state = ServerState()
    state.scorer, state.stopping = scorer, True
    stopping = client(Application(state, PredictionPool(), 5.0))
    assert stopping.get("/health/ready").status_code == 503
    assert stopping.get("/ping").status_code == 200
    assert stopping.post("/predict", content=b"x").text == "x"


def test_version_is_bare_text(scorer: EchoScorer) -> None:
    assert serve(scorer).get("/version").text == "1.2.3"


@pytest.mark.parametrize("path", SCORING)
def test_time_out_is_json(scorer: EchoScorer, path: str) -> None:
    response = serve(scorer, timeout=0.1).post(path, content=b"wait")
    assert (response.status_code, response.headers["content-type"]) == (504, "application/json")
    assert "Request processing time exceeded limit" in response.json().values()


@pytest.mark.parametrize("path", SCORING)
def test_a_failing_scorer_is_500_without_its_reason(scorer: EchoScorer, path: str, capsys: Any) -> None:
    response = serve(scorer).post(path, content=b"fail")
    assert (response.status_code, "passwd" in response.text) == (500, False)
    assert "broken scorer in /etc/passwd" in capsys.readouterr().err


@pytest.mark.parametrize("path", SCORING)
@pytest.mark.parametrize("size, status", [(1000, 200), (1001, 413), (2000, 413), (2001, 413), (100_000, 413)])
def test_body_limit(scorer: EchoScorer, monkeypatch: Any, path: str, size: int, status: int) -> None:
    monkeypatch.setattr(request_module, "MAX_BODY", 1000)
    monkeypatch.setattr(request_module, "_MAX_DRAINED", 2000)

    def in_chunks() -> Iterator[bytes]:
        sent = 0
        while sent < size:
            yield b"x" * min(100, size - sent)
            sent += 100

    for content in (b"x" * size, in_chunks()):
        response = serve(scorer).post(path, content=content)
        assert response.status_code == status
        assert response.headers.get("connection") == ("close" if status == 413 else None)


def test_request_ids_are_kept_or_made(scorer: EchoScorer) -> None:
    app = serve(scorer)
    assert app.get("/ping", headers={"x-request-id": "a-1:b"}).headers["x-request-id"] == "a-1:b"
    unfit: List[Dict[str, str]] = [{}, {"x-request-id": 'bad id"'}, {"x-request-id": "x" * 129}]
    made = [app.get("/ping", headers=given).headers["x-request-id"] for given in unfit]
    assert all(len(one) == 32 for one in made)
    assert len(set(made)) == 3


def test_one_log_line_a_request_without_payload(scorer: EchoScorer, capsys: Any) -> None:
    app = serve(scorer)
    capsys.readouterr()
    app.post("/predict?token=secret", content=b"payload", headers={"x-request-id": "id1"})
    app.get("/a%0Ab c", headers={"x-request-id": "id2"})
    for probe in ("/ping", "/health", "/health/live", "/health/ready"):
        app.get(probe)
    first, second = capsys.readouterr().err.strip().split("\n")
    assert first.startswith("request method=POST path=/predict status=200 outcome=ok ms=")
    assert first.endswith(" id=id1")
    assert second.startswith("request method=GET path=/a%0Ab%20c status=404 outcome=bad_input ms=")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("path", SCORING)
def test_wrong_method(scorer: EchoScorer, path: str, method: str) -> None:
    response = serve(scorer).request(method, path)
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


def test_ping_answers_while_all_threads_predict(scorer: EchoScorer) -> None:
    app = serve(scorer)
    threads = [threading.Thread(target=lambda: app.post("/predict", content=b"wait")) for _ in range(40)]
    for thread in threads:
        thread.start()
    assert app.get("/ping").status_code == 200
    scorer.let_go.set()
    for thread in threads:
        thread.join()


def test_outcomes_are_told_apart(servers: Callable[[str], Any], capsys: Any) -> None:
    raises = servers("raises")
    capsys.readouterr()
    for how in ("fine", "value", "runtime"):
        raises.post("/invocations", json={"dataframe_split": {"columns": ["how"], "data": [[how]]}})
    raises.post("/invocations", content=b"{")
    lines = [line for line in capsys.readouterr().err.split("\n") if line.startswith("request ")]
    outcomes = [line.split("outcome=")[1].split()[0] for line in lines]
    assert outcomes == ["ok", "model_error", "model_error", "bad_input"]
