"""The same requests through MLflow's own scoring server and through caisson's, over real models."""

from __future__ import annotations

from typing import Any, Callable, List, Tuple

import pytest

from support.apps import Pair
from support.catalogue import FOR_ALL, FOR_MODEL, Case
from support.differences import assert_same

_MODELS = [
    "iris_unsigned",
    "iris_named",
    "iris_tensor",
    "iris_params",
    "multi_output",
    "text_features",
    "echo",
    "echo_all_types",
    "describe",
    "describe_all_types",
    "describe_nested",
    "describe_tensors",
    "describe_images",
    "describe_one_tensor",
    "describe_text_tensor",
    "describe_unnamed",
    "describe_one_text",
    "describe_one_array",
    "describe_params",
    "returns",
    "raises",
    "type_hints",
    "no_params",
]


def _cases() -> List[Tuple[str, Case]]:
    return [(model, case) for model in _MODELS for case in (*FOR_ALL, *FOR_MODEL.get(model, ()))]


@pytest.mark.parametrize("model, case", _cases(), ids=lambda value: getattr(value, "name", value))
def test_answers_as_mlflow(pairs: Callable[[str], Pair], model: str, case: Case) -> None:
    assert_same(case, pairs(model))


@pytest.mark.parametrize("path", ["/ping", "/health", "/version"])
def test_health_routes_as_mlflow(pairs: Callable[[str], Pair], path: str) -> None:
    both = pairs("iris_named")
    theirs, ours = both.mlflow.get(path), both.caisson.get(path)
    assert (ours.status_code, ours.headers["content-type"], ours.content) == (
        theirs.status_code,
        theirs.headers["content-type"],
        theirs.content,
    )


@pytest.mark.parametrize(
    "method, path",
    [("GET", "/invocations"), ("PUT", "/invocations"), ("POST", "/ping"), ("HEAD", "/ping"), ("GET", "/x")],
)
def test_wrong_routes_as_mlflow(pairs: Callable[[str], Pair], method: str, path: str) -> None:
    both = pairs("iris_named")
    theirs: Any = both.mlflow.request(method, path)
    ours: Any = both.caisson.request(method, path)
    assert (ours.status_code, ours.headers.get("allow")) == (theirs.status_code, theirs.headers.get("allow"))
    if method != "HEAD":
        assert ours.json() == theirs.json()
