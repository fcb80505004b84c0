"""Where caisson's `/invocations` differs from MLflow's on purpose. Everything else that differs is a bug.

1. NaN and infinities in predictions are null: MLflow writes `NaN`, which is not JSON.
2. A missing Content-Type is taken as JSON: MLflow crashes.
3. No stack trace in an answer: MLflow's `stack_trace` member is left out.
4. Where MLflow's own server crashes (500, plain text), caisson answers with JSON: 400 when the request is to blame, 500
   when the model's predictions cannot be written; a few values (pandas.NA, sparse matrices) can be written after all.
5. Sets in messages (`{'b', 'a'}`, names of parameters) are printed in any order.
6. Messages end after 64 Ki characters: MLflow repeats a whole body of 100 MB.

An old MLflow, as on Python 3.9, is compared by status, error code and predictions: its texts are others.
"""

from __future__ import annotations

import json
import re
from typing import Any, Dict, Optional, Sequence

import pytest

from support.cases.case import JSON, PARQUET, Case
from support.models import IS_OLD_MLFLOW

_SET = re.compile(r"\{('[^{}']*'(?:, '[^{}']*')*)\}")
_PARAMETERS = re.compile(r"(Unrecognized content type parameters: )([^.]*)")
_CRASHED = "Internal Server Error"
#: Cases that an old MLflow refuses in another step.
_OTHER_CODES = frozenset(("records, when with zone", "split, when with zone", "split with duplicate names"))


def assert_same(case: Case, pair: Any, client: Any = None) -> None:
    """Send the case to both servers and compare status, content type and parsed body.

    `client` is one of the pair's, by default that of the model by mlflow.pyfunc.
    """
    if not is_known_to_mlflow(case):
        pytest.skip("this MLflow does not know it, or refuses it with another code")
    theirs = _theirs(case, pair)
    ours = _send(pair.caisson if client is None else client, case, case.content_type)
    assert_equal(ours, theirs)


def is_known_to_mlflow(case: Case) -> bool:
    """Whether the installed MLflow treats the request as those do whose protocol is served."""
    return not IS_OLD_MLFLOW or (case.content_type != PARQUET and case.name not in _OTHER_CODES)


def assert_equal(ours: Any, theirs: Any) -> None:
    """Compare two answers to the same request."""
    if theirs.status_code == 500 and theirs.text == _CRASHED:
        assert ours.headers["content-type"] == JSON, ours.text
        assert _is_sensible(ours.status_code, ours.json())
        return
    assert _facts(ours) == _facts(theirs)


def assert_unchanged(cases: Sequence[Case], size: int, client: Any) -> None:
    """Send the cases alone, and so many at once: nothing may differ by a byte."""
    alone = [_send(client, case, case.content_type) for case in cases]
    for first in range(0, len(cases), size):
        some = cases[first : first + size]
        together = client.post_together("/invocations", [(case.body, case.content_type) for case in some])
        for case, one, other in zip(some, alone[first:], together):
            assert (case.name, *_exactly(other)) == (case.name, *_exactly(one))


def _exactly(response: Any) -> Any:
    return response.status_code, response.headers, response.content, response.outcome


def _is_sensible(status: int, body: Any) -> bool:
    """Whether the answer is a good one where MLflow crashes: a refusal, or predictions, written after all."""
    if status == 200:
        return list(body) == ["predictions"] and isinstance(body["predictions"], list)
    return (status, body["error_code"]) in {(400, "BAD_REQUEST"), (500, "INTERNAL_ERROR")}


def _theirs(case: Case, pair: Any) -> Any:
    sent = (case.content_type, case.body)
    if sent not in pair.answers:
        pair.answers[sent] = _send(pair.mlflow, case, case.content_type or JSON)
    return pair.answers[sent]


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
        return None if IS_OLD_MLFLOW else _in_order(response.text)
    body = json.loads(response.text, parse_constant=lambda _: None)
    if response.status_code == 200 or not isinstance(body, dict):
        return body
    if IS_OLD_MLFLOW:
        return body["error_code"]
    return {**_without_trace(body), "message": _in_order(body["message"])}


def _without_trace(body: Dict[str, Any]) -> Dict[str, Any]:
    return {name: value for name, value in body.items() if name != "stack_trace"}


def _in_order(text: str) -> str:
    text = _SET.sub(lambda match: "{" + ", ".join(sorted(match[1].split(", "))) + "}", text)
    return _PARAMETERS.sub(lambda match: match[1] + ", ".join(sorted(match[2].split(", "))), text)
