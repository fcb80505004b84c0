"""No answer has a stack trace or a path of the container; the log has both, under the request's id."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import pytest

from caisson_server.redaction import path_hider, strip_user_info
from support.apps import Pair
from support.flavor_models import IRIS_COLUMNS

HOWS = ["value", "runtime", "exit", "interrupt", "invalid", "denied", "internal"]


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("route", ["/predict", "/invocations"])
def test_no_stack_trace_in_answers(servers: Callable[[str], Any], route: str, how: str) -> None:
    response = servers("raises").post(route, json={"inputs": [how]})
    assert response.status_code >= 400
    for secret in ("Traceback", "stack_trace", 'File "', "raises.py", "site-packages"):
        assert secret not in response.text


@pytest.mark.parametrize("route", ["/predict", "/invocations"])
def test_no_stack_of_a_native_library_in_answers(pairs: Callable[[str], Pair], route: str) -> None:
    rows = [[1e300, 1, 2, 3]]
    bodies = {
        "/predict": {"inputs": rows},
        "/invocations": {"dataframe_split": {"columns": IRIS_COLUMNS, "data": rows}},
    }
    for client in (pairs("xgboost_booster").caisson, pairs("xgboost_booster").direct):
        response = client.post(route, json=bodies[route])
        assert (response.status_code, "[bt]" in response.text, ".cc" in response.text) == (400, False, False)
        assert "Stack trace" not in response.text


def test_the_log_has_the_trace_and_the_request_id(servers: Callable[[str], Any], capfd: Any) -> None:
    headers = {"x-request-id": "abc-1"}
    response = servers("raises").post("/invocations", json={"inputs": ["runtime"]}, headers=headers)
    log = capfd.readouterr().err
    assert "error id=abc-1\nTraceback" in log
    assert "RuntimeError: cannot open" in log
    assert (response.status_code, response.outcome) == (400, "model_error")


def test_paths_are_hidden(tmp_path: Path) -> None:
    hide = path_hider([Path("/opt/ml/model"), tmp_path])
    assert hide("no /opt/ml/model/data/x.bin, no '/opt/ml/model'") == "no <path>, no '<path>'"
    assert hide(f"open {tmp_path}/a/b.txt: failed") == "open <path>: failed"
    assert hide("a/opt/ml/model, /opt/ml/models, 1/2, https://x/opt/ml/model") == (
        "a/opt/ml/model, /opt/ml/models, 1/2, https://x/opt/ml/model"
    )


def test_user_information_is_stripped() -> None:
    assert strip_user_info("see http://u:p@h/x and s3://b/k") == "see http://h/x and s3://b/k"
