"""Bodies that are nested deeper than Python's own stack: refused, whoever notices, and never a fault of the model."""

from __future__ import annotations

import sys
from typing import Any, Callable

import pytest

from caisson_server.scoring.nesting import breaks_by_nesting
from support.apps import Pair

DEPTHS = (70, 200, 900, 985, 1000, 1022, 5000)


@pytest.mark.parametrize("model", ["iris_named", "iris_tensor", "describe_nested", "describe_params", "type_hints"])
@pytest.mark.parametrize("left, right", [("[", "]"), ('{"a":', "}")])
def test_nesting_is_refused(pairs: Callable[[str], Pair], model: str, left: str, right: str) -> None:
    for depth in DEPTHS:
        nested = left * depth + "1" + right * depth
        for client in (pairs(model).caisson, pairs(model).direct):
            for form in ("inputs", "instances", "dataframe_records"):
                _assert_refused(client.post("/invocations", content=f'{{"{form}": {nested}}}'.encode()))
            _assert_refused(client.post("/predict", content=f'{{"inputs": {nested}}}'.encode()))


def test_predictions_may_be_nested_too_deeply(pairs: Callable[[str], Pair]) -> None:
    body = b'{"prompt": ' + b"[" * 1000 + b"]" * 1000 + b"}"
    response = pairs("echo").caisson.post("/invocations", content=body)
    # Python 3.12 and later can write what earlier ones cannot.
    if sys.version_info < (3, 12) or response.status_code != 200:
        _assert_refused(response)


def _assert_refused(response: Any) -> None:
    assert (response.status_code, response.outcome) == (400, "bad_input")


def test_a_recursion_of_the_model_is_its_own() -> None:
    error = ValueError()
    error.__context__ = RecursionError()
    assert breaks_by_nesting(error, b"[" * 200 + b"]" * 200)
    assert not breaks_by_nesting(error, b'{"inputs": [[1, 2]]}')
    assert not breaks_by_nesting(error, b"a,b\n1,2\n")
    assert not breaks_by_nesting(ValueError(), b"[" * 200 + b"]" * 200)
