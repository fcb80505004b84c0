"""Whatever a request holds, to the DataFrame that a signature of columns asks for."""

from __future__ import annotations

from typing import Any, Dict, Mapping

import numpy as np

from ..protocol.errors import MismatchError
from ..signature.types import ArrayType, ColumnSpec, ObjectType, Schema


def as_frame(data: Any, schema: Schema) -> Any:
    """The data as a DataFrame. Raises MismatchError, and what pandas raises for lists that are no table."""
    import pandas as pd  # noqa: PLC0415 - heavy, and unused by most requests

    if isinstance(data, pd.DataFrame):
        return data
    if np.isscalar(data):
        return pd.DataFrame([data])
    if isinstance(data, dict):
        return _from_mapping(data, schema)
    if isinstance(data, (list, np.ndarray, pd.Series)):
        return pd.DataFrame(data)
    raise MismatchError(f"Expected input to be DataFrame. Found: {type(data).__name__}")


def _from_mapping(data: Mapping[str, Any], schema: Schema) -> Any:
    import pandas as pd  # noqa: PLC0415

    if any(_holds_values(spec) for spec in schema.columns) or all(map(_is_cell, data.values())):
        return pd.DataFrame([data])
    try:
        if all(map(_is_bare_text, data.values())):
            return pd.DataFrame([data])
        return pd.DataFrame(_flat(data))
    except Exception as error:
        raise MismatchError(
            "This model contains a column-based signature, which suggests a DataFrame"
            f" input. There was an error casting the input data to a DataFrame: {error}"
        ) from error


def _holds_values(spec: ColumnSpec) -> bool:
    """Whether a list or an object is one value of the column, so that a dictionary is one row."""
    return isinstance(spec.type, (ArrayType, ObjectType))


def _is_cell(value: Any) -> bool:
    if np.isscalar(value) or value is None:
        return True
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_bare_text(value: Any) -> bool:
    """One text that the parser made an array without a shape of."""
    return isinstance(value, np.ndarray) and value.dtype.type == np.str_ and value.shape == ()


def _flat(data: Mapping[str, Any]) -> Dict[str, Any]:
    """Arrays of several dimensions as lists: a DataFrame takes no others, and the type check words the refusal."""
    return {
        name: value.tolist() if isinstance(value, np.ndarray) and value.ndim > 1 else value
        for name, value in data.items()
    }
