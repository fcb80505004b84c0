"""No answer has a stack trace or a path of the container; the log has both, under the request's id."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import pytest

from caisson_server.redaction import path_hider, strip_user_info

HOWS = ["value", "runtime", "exit", "interrupt", "invalid", "denied", "internal"]


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("route", ["/predict", "/invocations"])
def test_no_stack_trace_in_answers(servers: Callable[[str], Any], route: str, how: str) -> None:
    response = servers("raises").post(route, json={"inputs": [how]})
    assert response.status_code >= 400
    for secret in ("Traceback", "stack_trace", 'File "', "raises.py", "site-packages"):
        assert secret not in response.text


def test_the_log_has_the_trace_and_the_request_id(servers: Callable[[str], Any], capsys: Any) -> None:
    servers("raises").post("/invocations", json={"inputs": ["runtime"]}, headers={"x-request-id": "abc-1"})
    log = capsys.readouterr().err
    assert "error id=abc-1\nTraceback" in log
    assert "RuntimeError: cannot open" in log
    assert "status=400 outcome=model_error" in log


def test_paths_are_hidden(tmp_path: Path) -> None:
    hide = path_hider([Path("/opt/ml/model"), tmp_path])
    assert hide("no /opt/ml/model/data/x.bin, no '/opt/ml/model'") == "no <path>, no '<path>'"
    assert hide(f"open {tmp_path}/a/b.txt: failed") == "open <path>: failed"
    assert hide("a/opt/ml/model, /opt/ml/models, 1/2, https://x/opt/ml/model") == (
        "a/opt/ml/model, /opt/ml/models, 1/2, https://x/opt/ml/model"
    )


def test_user_information_is_stripped() -> None:
    assert strip_user_info("see http://u:p@h/x and s3://b/k") == "see http://h/x and s3://b/k"
