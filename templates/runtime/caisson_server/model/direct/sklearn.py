"""The `sklearn` flavor: any object with scikit-learn's methods, pickled or written by skops."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, Callable

from ...errors import StartupError
from ..judgement.estimators import judge_estimator
from ..judgement.plain import takes_arrays
from .deferred import deferred
from .feature_names import ignore_missing_names
from .flavor import Flavor, NotDirectError, Predictor, SavedModel, file_of
from .serialized import PICKLE, check_format, read_serialized

#: Methods that MLflow's wrapper has besides `predict`.
_OTHER_METHODS = ("predict_proba", "predict_log_proba", "predict_joint_log_proba", "score")
#: Methods that give one prediction per row. `score` judges all rows together.
_BY_ROW = ("predict", "predict_proba", "predict_log_proba", "predict_joint_log_proba")


def _path(saved: SavedModel) -> Path:
    # MLflow before 2.0 wrote `data`, later ones `model_path`.
    return file_of(saved, saved.pyfunc.get("data") or saved.pyfunc.get("model_path"))


def _check(saved: SavedModel) -> None:
    check_format(saved.flavor.get("serialization_format", PICKLE))
    if not _path(saved).is_file():
        raise NotDirectError("the model is not one file")
    if saved.predict_fn not in ("predict", *_OTHER_METHODS):
        raise NotDirectError(f"it predicts by '{saved.predict_fn}'")


def _load(saved: SavedModel) -> Predictor:
    with deferred():
        estimator = read_serialized(
            _path(saved),
            saved.flavor.get("serialization_format", PICKLE),
            saved.flavor.get("skops_trusted_types"),
        )
    if saved.predict_fn not in _BY_ROW or not takes_arrays(estimator, saved.signature):
        return Predictor(_predict(estimator, saved.predict_fn), judge_estimator(estimator, saved.predict_fn))
    ignore_missing_names()
    predict = _predict(estimator, saved.predict_fn)
    return Predictor(predict, judge_estimator(estimator, saved.predict_fn), predict)


def _predict(estimator: Any, name: str) -> Callable[[Any, Any], Any]:
    """What MLflow's wrapper calls: `predict` never gets the parameters, other methods where they take some."""
    if name == "predict":
        return lambda data, _params: estimator.predict(data)
    method = getattr(estimator, name, None)
    if not method:
        raise StartupError(f"Model implementation is missing required {name} method.")
    params = inspect.signature(method).parameters.get("params")
    if params is None or params.kind is inspect.Parameter.VAR_KEYWORD:
        return lambda data, _params: method(data)
    return lambda data, params: method(data, params=params)


#: A fork is safe: estimators are numpy arrays, loading starts no threads, and OpenBLAS ends its own before a fork.
#: libgomp does not, but its threads start with the first parallel loop, and loading runs none.
SKLEARN = Flavor("sklearn", _check, _load, shares_memory=True)
