"""The `xgboost` flavor: a Booster, or a model of XGBoost's scikit-learn interface."""

from __future__ import annotations

import importlib
import inspect
from functools import partial
from typing import Any, Callable, Dict, Mapping, Optional

from ...enforcement.notes import note_once
from ...signature.plain import has_plain_types
from ...signature.types import Signature
from ..judgement.plain import column_names, mixes_long_integers
from ..port import RowWise
from .flavor import Flavor, NotDirectError, Predictor, SavedModel, check_predicts, file_of

_BOOSTER = "xgboost.core.Booster"
_MODELS = ("XGBClassifier", "XGBRegressor", "XGBRanker", "XGBRFClassifier", "XGBRFRegressor", "XGBModel")


def _check(saved: SavedModel) -> None:
    check_predicts(saved)
    file_of(saved, saved.flavor.get("data"))
    name = str(saved.flavor.get("model_class", _BOOSTER))
    if name != _BOOSTER and name not in {f"xgboost.sklearn.{model}" for model in _MODELS}:
        raise NotDirectError(f"its class is {name}")


def _load(saved: SavedModel) -> Predictor:
    module, _, name = str(saved.flavor.get("model_class", _BOOSTER)).rpartition(".")
    model = getattr(importlib.import_module(module), name)()
    model.load_model(str(file_of(saved, saved.flavor["data"])))
    row_wise = RowWise(certain=True, reason=f"{name} predicts row by row")
    if name == "Booster":
        rows = _booster_rows(model) if _takes_arrays(model, saved.signature) else None
        return Predictor(_booster(model), row_wise, rows)
    rows = _model(model, validate_features=False) if _takes_arrays(model.get_booster(), saved.signature) else None
    return Predictor(_model(model, validate_features=True), row_wise, rows)


def _booster(booster: Any) -> Callable[[Any, Any], Any]:
    import xgboost  # noqa: PLC0415 - of the model's environment

    def predict_matrix(data: Any, **params: Any) -> Any:
        return booster.predict(xgboost.DMatrix(data), validate_features=True, **_accepted(booster.predict, params))

    return lambda data, params: predict_matrix(data, **(params or {}))


def _booster_rows(booster: Any) -> Callable[[Any, Any], Any]:
    import xgboost  # noqa: PLC0415

    def predict_matrix(data: Any, **params: Any) -> Any:
        matrix = xgboost.DMatrix(data, feature_names=booster.feature_names, feature_types=booster.feature_types)
        return booster.predict(matrix, validate_features=False, **_accepted(booster.predict, params))

    return lambda data, params: predict_matrix(data, **(params or {}))


def _model(model: Any, *, validate_features: bool) -> Callable[[Any, Any], Any]:
    predict = partial(model.predict, validate_features=validate_features)
    return lambda data, params: predict(data, **_accepted(predict, params or {}))


def _accepted(predict: Callable[..., Any], params: Mapping[str, Any]) -> Dict[str, Any]:
    """The parameters that the method takes. Others are let go, with a note."""
    if not params:
        return {}
    known = inspect.signature(predict).parameters
    if any(parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) for parameter in known.values()):
        return dict(params)
    unknown = [name for name in params if name not in known]
    if unknown:
        note_once("xgboost params", f"Params {unknown} are not accepted by the xgboost model")
    return {name: value for name, value in params.items() if name in known}


def _takes_arrays(booster: Any, signature: Signature) -> bool:
    """Whether the columns are the features, in their order, and numbers, so that their names need no check."""
    names = column_names(signature)
    if names is None or not has_plain_types(signature) or mixes_long_integers(signature):
        return False
    types: Optional[Any] = booster.feature_types
    if types is not None and "c" in types:
        return False
    if booster.feature_names is None:
        return bool(booster.num_features() == len(names))
    return list(booster.feature_names) == names


#: A fork is safe: the trees lie in plain memory, and XGBoost's OpenMP threads start with the first prediction.
XGBOOST = Flavor("xgboost", _check, _load, shares_memory=True)
