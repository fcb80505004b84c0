"""The `catboost` flavor: a file in one of CatBoost's own formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

from ...signature.plain import has_plain_types
from ...signature.types import Signature
from ..judgement.plain import column_names, mixes_long_integers
from ..port import RowWise
from .flavor import Flavor, NotDirectError, Predictor, SavedModel, check_predicts, file_of

_MODELS = ("CatBoost", "CatBoostClassifier", "CatBoostRegressor", "CatBoostRanker")


def _path(saved: SavedModel) -> Path:
    return file_of(saved, saved.pyfunc.get("data"))


def _check(saved: SavedModel) -> None:
    check_predicts(saved)
    if _path(saved).parent != saved.folder:
        raise NotDirectError("its data do not lie beside its MLmodel file")
    if saved.flavor.get("model_type") not in _MODELS:
        raise NotDirectError(f"its type is {saved.flavor.get('model_type')!r}")


def _load(saved: SavedModel) -> Predictor:
    import catboost  # noqa: PLC0415 - of the model's environment

    name = str(saved.flavor["model_type"])
    model = getattr(catboost, name)()
    model.load_model(str(_path(saved).absolute()), saved.flavor.get("save_format"))
    row_wise = RowWise(certain=True, reason=f"{name} predicts row by row")
    predict: Callable[[Any, Any], Any] = lambda data, _params: model.predict(data)  # noqa: E731
    return Predictor(predict, row_wise, predict if _takes_arrays(model, saved.signature) else None)


def _takes_arrays(model: Any, signature: Signature) -> bool:
    """Whether the columns are the features, in their order, and all of them numbers."""
    names = column_names(signature)
    if names is None or not has_plain_types(signature) or mixes_long_integers(signature):
        return False
    if model.get_cat_feature_indices() or model.get_text_feature_indices() or model.get_embedding_feature_indices():
        return False
    return list(model.feature_names_) == names


#: A fork is safe: the trees lie in plain memory, and CatBoost starts its threads with the first prediction.
CATBOOST = Flavor("catboost", _check, _load, shares_memory=True)
