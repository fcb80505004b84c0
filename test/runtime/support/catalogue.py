"""Which requests both servers get: some for every model, some for one."""

from __future__ import annotations

from typing import List, Mapping

from .cases.case import Case
from .cases.content_types import CONTENT_TYPES
from .cases.flavors import BOOSTER_PARAMS_CASES, FEED_CASES, MIXED_CASES, PEOPLE_CASES, SPAN_CASES, SUM_CASES
from .cases.nested import nested_cases
from .cases.python_code import PARAMS_CASES, RAISING, RETURN_CASES, TYPE_HINT_CASES
from .cases.tables import FOR_ALL
from .cases.tensors import ONE_COLUMN_CASES, tensor_cases
from .cases.typed import typed_cases
from .cases.unreadable import UNREADABLE

__all__ = ["FOR_ALL", "FOR_MODEL", "UNREADABLE", "Case"]

#: Sent to one model besides FOR_ALL.
FOR_MODEL: Mapping[str, List[Case]] = {
    "iris_named": CONTENT_TYPES,
    "echo_all_types": typed_cases(),
    "describe_all_types": typed_cases(),
    "describe_nested": nested_cases(),
    "describe_tensors": tensor_cases(),
    "describe_images": tensor_cases(),
    "describe_one_tensor": tensor_cases(),
    "describe_text_tensor": tensor_cases(),
    "describe_unnamed": ONE_COLUMN_CASES,
    "describe_one_text": ONE_COLUMN_CASES,
    "describe_one_array": ONE_COLUMN_CASES,
    "describe_params": PARAMS_CASES,
    "returns": RETURN_CASES,
    "type_hints": TYPE_HINT_CASES,
    "raises": RAISING,
    "sklearn_column_transformer": PEOPLE_CASES,
    "sklearn_optional_column": PEOPLE_CASES,
    "catboost_texts": PEOPLE_CASES,
    "sklearn_mixed_forest": MIXED_CASES,
    "sklearn_mixed_scaled": MIXED_CASES,
    "xgboost_mixed": MIXED_CASES,
    "lightgbm_mixed": MIXED_CASES,
    "catboost_mixed": MIXED_CASES,
    "xgboost_booster_params": BOOSTER_PARAMS_CASES,
    "xgboost_regressor_params": BOOSTER_PARAMS_CASES,
    "lightgbm_classifier": BOOSTER_PARAMS_CASES,
    "iris_params": BOOSTER_PARAMS_CASES,
    "statsmodels_series": SPAN_CASES,
    "statsmodels_dates": SPAN_CASES,
    "onnx_two_inputs": SUM_CASES,
    "onnx_two_inputs_unsigned": SUM_CASES,
    "onnx_tensor": FEED_CASES,
    "onnx_named_tensor": FEED_CASES,
    "onnx_dictionaries": FEED_CASES,
}
