"""The `lightgbm` flavor: a Booster, or a pickled model of LightGBM's scikit-learn interface."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

from ...signature.plain import has_plain_types
from ...signature.types import Signature
from ..judgement.plain import column_names
from ..port import RowWise
from .feature_names import ignore_missing_names
from .flavor import Flavor, Predictor, SavedModel, check_predicts, file_of
from .serialized import CLOUDPICKLE, check_format, read_serialized

_BOOSTER = "lightgbm.basic.Booster"
_MODELS = ("LGBMClassifier", "LGBMRegressor", "LGBMRanker")


def _path(saved: SavedModel) -> Path:
    return file_of(saved, saved.flavor.get("data"))


def _check(saved: SavedModel) -> None:
    check_predicts(saved)
    _path(saved)
    if saved.flavor.get("model_class", _BOOSTER) != _BOOSTER:
        check_format(saved.flavor.get("serialization_format", CLOUDPICKLE))


def _load(saved: SavedModel) -> Predictor:
    import lightgbm  # noqa: PLC0415 - of the model's environment

    if saved.flavor.get("model_class", _BOOSTER) == _BOOSTER:
        model = lightgbm.Booster(model_file=str(_path(saved)))
        return _predictor(model, model, saved.signature)
    model = read_serialized(
        _path(saved),
        saved.flavor.get("serialization_format", CLOUDPICKLE),
        saved.flavor.get("skops_trusted_types"),
    )
    if type(model) not in [getattr(lightgbm, name) for name in _MODELS]:
        reason = f"{type(model).__qualname__} may look at several rows"
        return Predictor(_as_it_is(model), RowWise(certain=False, reason=reason))
    return _predictor(model, model.booster_, saved.signature)


def _predictor(model: Any, booster: Any, signature: Signature) -> Predictor:
    row_wise = RowWise(certain=True, reason=f"{type(model).__qualname__} predicts row by row")
    if not _takes_arrays(booster, signature):
        return Predictor(_as_it_is(model), row_wise)
    ignore_missing_names()
    return Predictor(_as_it_is(model), row_wise, _as_frame_values(model))


def _as_it_is(model: Any) -> Callable[[Any, Any], Any]:
    # MLflow's wrapper hands no parameters on.
    return lambda data, _params: model.predict(data)


def _as_frame_values(model: Any) -> Callable[[Any, Any], Any]:
    """LightGBM reads integers of a DataFrame as doubles, and those of an array as singles."""
    import numpy as np  # noqa: PLC0415

    def predict(array: Any, _params: Any) -> Any:
        return model.predict(array.astype(np.result_type(array.dtype, np.float32), copy=False))

    return predict


def _takes_arrays(booster: Any, signature: Signature) -> bool:
    names = column_names(signature)
    if names is None or not has_plain_types(signature) or booster.pandas_categorical:
        return False
    return bool(booster.num_feature() == len(names))


#: A fork is safe: the trees lie in plain memory, and OpenMP's threads start with the first prediction.
LIGHTGBM = Flavor("lightgbm", _check, _load, shares_memory=True)
