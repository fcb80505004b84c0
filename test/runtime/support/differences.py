"""Where caisson's `/invocations` differs from MLflow's on purpose. Everything else that differs is a bug.

1. NaN and infinities in predictions are null: MLflow writes `NaN`, which is not JSON.
2. A missing Content-Type is taken as JSON: MLflow crashes.
3. No stack trace in an answer: MLflow's `stack_trace` member is left out.
4. Where MLflow's own server crashes (500, plain text), caisson answers with JSON: 400 when the request is to blame, 500
   when the model's predictions cannot be written; a few values (pandas.NA, sparse matrices) can be written after all.
5. Sets in messages (`{'b', 'a'}`, names of parameters) are printed in any order.
6. Messages end after 64 Ki characters: MLflow repeats a whole body of 100 MB.
"""

from __future__ import annotations

import json
import re
from typing import Any, Dict, Optional

from support.catalogue import JSON, Case

_SET = re.compile(r"\{('[^{}']*'(?:, '[^{}']*')*)\}")
_PARAMETERS = re.compile(r"(Unrecognized content type parameters: )([^.]*)")
_CRASHED = "Internal Server Error"


def assert_same(case: Case, pair: Any) -> None:
    """Send the case to both servers and compare status, content type and parsed body."""
    theirs = _send(pair.mlflow, case, case.content_type or JSON)
    ours = _send(pair.caisson, case, case.content_type)
    if theirs.status_code == 500 and theirs.text == _CRASHED:
        assert ours.headers["content-type"] == JSON, ours.text
        assert (ours.status_code, ours.json()["error_code"]) in {(400, "BAD_REQUEST"), (500, "INTERNAL_ERROR")}
        return
    assert _facts(ours) == _facts(theirs)


def _send(client: Any, case: Case, content_type: Optional[str]) -> Any:
    headers = {} if content_type is None else {"content-type": content_type}
    return client.post("/invocations", content=case.body, headers=headers)


def _facts(response: Any) -> Dict[str, Any]:
    return {
        "status": response.status_code,
        "content-type": response.headers["content-type"],
        "body": _body(response),
    }


def _body(response: Any) -> Any:
    if response.headers["content-type"] != JSON:
        return _in_order(response.text)
    body = json.loads(response.text, parse_constant=lambda _: None)
    if response.status_code != 200 and isinstance(body, dict):
        body.pop("stack_trace", None)
        body["message"] = _in_order(body["message"])
    return body


def _in_order(text: str) -> str:
    text = _SET.sub(lambda match: "{" + ", ".join(sorted(match[1].split(", "))) + "}", text)
    return _PARAMETERS.sub(lambda match: match[1] + ", ".join(sorted(match[2].split(", "))), text)
