"""The same requests through MLflow's own scoring server and through caisson's, over real models."""

from __future__ import annotations

from typing import Any, Callable, List, Sequence, Tuple

import pytest

from caisson_server.scoring.batching_choice import decide_batching
from support.apps import Pair
from support.catalogue import FOR_ALL, FOR_MODEL, UNREADABLE, Case
from support.differences import assert_same, assert_unchanged, is_known_to_mlflow
from support.flavor_models import FLAVOR_MODELS
from support.models import SAVED_MODELS, ModelShelf

_OF_SCIKIT_LEARN = ["iris_unsigned", "iris_named", "iris_tensor", "iris_params", "multi_output", "text_features"]
_OF_PYTHON_CODE = [
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
_MODELS = [*_OF_SCIKIT_LEARN, *_OF_PYTHON_CODE]
#: Models that are certain to be row-wise, and are when they are tried.
_BATCHED = [
    "iris_named",
    "iris_tensor",
    "iris_params",
    "sklearn_skops",
    "sklearn_text_classes",
    "sklearn_mixed_forest",
    "sklearn_sparse_output",
    "xgboost_booster",
    "xgboost_booster_params",
    "xgboost_classifier",
    "xgboost_regressor_params",
    "xgboost_mixed",
    "lightgbm_booster",
    "lightgbm_mixed",
    "lightgbm_classifier",
    "lightgbm_unnamed",
    "catboost_classifier",
    "catboost_regressor",
    "catboost_mixed",
    "mlflow2-iris-columns",
    "mlflow3-iris-tensor",
]
#: Models that are certain, too, but have no rows to be tried with.
_ROW_WISE = ["text_features", "sklearn_column_transformer", "catboost_texts"]
_LOADED_HERE = [*_OF_SCIKIT_LEARN, *FLAVOR_MODELS, *SAVED_MODELS]


def _cases(models: Sequence[str], *more: Case) -> List[Tuple[str, Case]]:
    return [(model, case) for model in models for case in (*more, *FOR_ALL, *FOR_MODEL.get(model, ()))]


def _name(value: Any) -> str:
    return str(getattr(value, "name", value))


@pytest.mark.parametrize("model, case", _cases(_MODELS, *UNREADABLE), ids=_name)
def test_answers_as_mlflow(pairs: Callable[[str], Pair], model: str, case: Case) -> None:
    assert_same(case, pairs(model))


@pytest.mark.parametrize("model, case", _cases([*_LOADED_HERE, *_OF_PYTHON_CODE]), ids=_name)
def test_answers_as_mlflow_without_it(pairs: Callable[[str], Pair], model: str, case: Case) -> None:
    assert_same(case, pairs(model), pairs(model).direct)


@pytest.mark.parametrize("model", ["iris_named", "iris_tensor", "iris_unsigned", "describe_all_types"])
def test_refuses_as_mlflow_without_it(pairs: Callable[[str], Pair], model: str) -> None:
    for case in UNREADABLE:
        if is_known_to_mlflow(case):
            assert_same(case, pairs(model), pairs(model).direct)


@pytest.mark.parametrize("model", _LOADED_HERE)
def test_which_are_batched(shelf: ModelShelf, pairs: Callable[[str], Pair], model: str) -> None:
    batching = decide_batching(pairs(model).direct.model, shelf.folder(model), "auto")
    assert (batching.is_on, batching.reason) == (model in _BATCHED, batching.reason)


@pytest.mark.parametrize("model", [name for name in (*_BATCHED, *_ROW_WISE) if name in _LOADED_HERE])
@pytest.mark.parametrize("size", [2, 5, 1000])
def test_answers_the_same_beside_others(pairs: Callable[[str], Pair], model: str, size: int) -> None:
    """Each case together with its neighbours, as adaptive batching puts them together."""
    assert_unchanged([*FOR_ALL, *FOR_MODEL.get(model, ())], size, pairs(model).direct)
