"""Arrays, dictionaries of arrays and DataFrames against a signature of tensors."""

from __future__ import annotations

import sys
from typing import Any, Dict, Iterable

import numpy as np

from ..protocol.errors import MismatchError
from ..signature.types import Schema, TensorSpec
from .names import check_names
from .tensor import enforce_tensor
from .tensor_columns import tensor_of_column


def enforce_tensors(data: Any, schema: Schema) -> Any:
    """One array for a schema without names, else a dictionary of arrays.

    Raises MismatchError, and what pandas or numpy raise for columns that make no tensor.
    """
    frame = _frame_of(data)
    if not schema.has_names:
        return _enforce_unnamed(data, frame, schema.tensors[0])
    if frame is None and len(schema.tensors) == 1 and isinstance(data, np.ndarray):
        data = {schema.tensors[0].name: data}
    check_names(_names_in(data) if frame is None else frame.columns, schema)
    return _enforce_named(data, frame, schema)


def _names_in(data: Any) -> Iterable[Any]:
    # The keys as such: from a dictionary, Python makes a set in another order, which MLflow's texts show.
    return data.keys() if isinstance(data, dict) else ()


def _frame_of(data: Any) -> Any:
    """The data as a DataFrame when they are one or a Series, else None: also where pandas was never imported."""
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return None
    if isinstance(data, pandas.Series):
        return pandas.DataFrame(data)
    return data if isinstance(data, pandas.DataFrame) else None


def _enforce_named(data: Any, frame: Any, schema: Schema) -> Any:
    if frame is None and not isinstance(data, dict):
        raise MismatchError(
            "This model contains a tensor-based model signature with input names, which"
            " suggests a dictionary input mapping input name to tensor, or a pandas"
            " DataFrame input containing columns mapping input name to flattened list value"
            f" from tensor, but an input of type {type(data)} was found."
        )
    tensors: Dict[Any, Any] = {}
    for spec in schema.tensors:
        if frame is None:
            tensors[spec.name] = _enforce_member(data[spec.name], spec)
        else:
            tensors[spec.name] = tensor_of_column(spec.name, frame[spec.name], spec)
    return tensors


def _enforce_member(value: Any, spec: TensorSpec) -> Any:
    if not isinstance(value, np.ndarray):
        raise MismatchError(
            "This model contains a tensor-based model signature with input names,"
            " which suggests a dictionary input mapping input name to a numpy"
            f" array, but a dict with value type {type(value)} was found."
        )
    return enforce_tensor(value, spec)


def _enforce_unnamed(data: Any, frame: Any, spec: TensorSpec) -> Any:
    if frame is not None:
        return _enforce_frame(frame, spec)
    if isinstance(data, np.ndarray):
        return enforce_tensor(data, spec)
    raise MismatchError(
        "This model contains a tensor-based model signature with no input names,"
        " which suggests a numpy array input or a pandas dataframe input with"
        f" proper column values, but an input of type {type(data)} was found."
    )


def _enforce_frame(frame: Any, spec: TensorSpec) -> Any:
    width = len(frame.columns)
    if frame.empty:
        raise MismatchError("Input DataFrame is empty.")
    if width == 1:
        return tensor_of_column(None, frame[frame.columns[0]], spec)
    if spec.shape != (-1, width):
        raise MismatchError(
            "This model contains a model signature with an unnamed input. Since the "
            "input data is a pandas DataFrame containing multiple columns, "
            "the input shape must be of the structure "
            "(-1, number_of_dataframe_columns). "
            f"Instead, the input DataFrame passed had {width} columns and "
            f"an input shape of {spec.shape} with all values within the "
            "DataFrame of scalar type. Please adjust the passed in DataFrame to "
            "match the expected structure"
        )
    return enforce_tensor(frame.to_numpy(), spec)
