"""Models that say they take plain rows predict from them what they predict from a DataFrame, to the bit."""

from __future__ import annotations

from typing import Any, Callable, Tuple

import numpy as np
import pandas as pd
import pytest

from caisson_server.encoding import encode_predictions
from caisson_server.model.port import Enforced, PlainRows
from caisson_server.signature.dtypes import NUMPY
from support.apps import Pair

MODELS = [
    "iris_named",
    "iris_params",
    "sklearn_proba",
    "sklearn_skops",
    "sklearn_text_classes",
    "sklearn_mixed_forest",
    "sklearn_mixed_scaled",
    "sklearn_sparse_output",
    "sklearn_list_output",
    "xgboost_booster",
    "xgboost_booster_params",
    "xgboost_classifier",
    "xgboost_regressor_params",
    "lightgbm_booster",
    "lightgbm_mixed",
    "lightgbm_classifier",
    "lightgbm_unnamed",
    "catboost_classifier",
    "mlflow2-iris-columns",
]
_SIZES = (1, 1, 1, 2, 3, 17, 200)
_SCALES = {"double": 10.0, "float": 10.0, "integer": 80.0, "long": 2.0**56}


def tables(model: Any, size: int, seed: int) -> Tuple[Any, PlainRows]:
    """The same random rows as a DataFrame of the signature's types and as plain rows."""
    some = np.random.default_rng(seed)
    columns = {}
    for label, spec in zip(model.signature.inputs.labels, model.signature.inputs.columns):
        values = some.normal(size=size) * _SCALES[spec.type.value]
        columns[label] = values.astype(NUMPY[spec.type])
    frame = pd.DataFrame(columns)
    return frame, PlainRows(frame.to_numpy())


def outcome(model: Any, data: Any) -> Any:
    params = model.enforce(data, None).params
    try:
        return encode_predictions(model.run(Enforced(data, params)), wrapped=True)
    except Exception as error:  # noqa: BLE001 - both ways have to fail alike
        # XGBoost's messages begin with the time and end with addresses.
        return type(error), str(error).partition("] ")[2].partition("\n")[0] or str(error)


@pytest.mark.parametrize("name", MODELS)
def test_the_same_predictions(pairs: Callable[[str], Pair], name: str) -> None:
    model: Any = pairs(name).direct.model
    assert model.takes_plain_rows
    for seed, size in enumerate(_SIZES):
        frame, rows = tables(model, size, seed)
        assert outcome(model, rows) == outcome(model, frame)


@pytest.mark.parametrize("name", [name for name in MODELS if "mixed" not in name])
@pytest.mark.parametrize("value", [np.nan, np.inf, -0.0, 1e300, 5e-324])
def test_the_same_for_numbers_of_all_kinds(pairs: Callable[[str], Pair], name: str, value: float) -> None:
    model: Any = pairs(name).direct.model
    frame, _ = tables(model, 3, 0)
    frame.iloc[1, 2] = value
    assert outcome(model, PlainRows(frame.to_numpy())) == outcome(model, frame)
