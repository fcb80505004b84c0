"""`inputs` of a model without a signature: a numeric array passes through, the rest as well as can be."""

from __future__ import annotations

from typing import Any, List, Optional

import numpy as np

from .errors import LayoutError, show
from .nesting import flatten, place_of

#: Loaders of models that take a table and nothing else: one row may stand alone there.
_TABULAR_LOADERS = ("mlflow.sklearn", "mlflow.xgboost", "mlflow.lightgbm", "mlflow.catboost")


def data_of(inputs: Any, loader: str) -> Any:
    """Arrays for lists, a DataFrame for objects. Raises LayoutError for ragged rows."""
    if isinstance(inputs, dict):
        return _from_object(inputs)
    if isinstance(inputs, list) and any(isinstance(row, dict) for row in inputs):
        return _from_records(inputs)
    shape, leaves = flatten(inputs)
    array = np.array(leaves, dtype=None if _is_uniform(leaves) else object).reshape(shape)
    is_one_row = array.ndim == 1 and loader in _TABULAR_LOADERS
    return array[np.newaxis] if is_one_row else array


def first_text(inputs: Any) -> Optional[str]:
    """Why the inputs are not numbers: the place of the first value that is none; None when all are."""
    if isinstance(inputs, dict):
        inputs = [inputs]
    if isinstance(inputs, list) and any(isinstance(row, dict) for row in inputs):
        inputs = [list(row.values()) if isinstance(row, dict) else row for row in inputs]
    try:
        shape, leaves = flatten(inputs)
    except LayoutError as error:
        return str(error)
    for index, leaf in enumerate(leaves):
        if type(leaf) not in (int, float, bool):
            return f"{place_of(index, shape)}: {show(leaf)} is not a number"
    return None


def _is_uniform(leaves: List[Any]) -> bool:
    """Whether numpy would keep every value: it turns numbers beside text into text."""
    kinds = {str if isinstance(leaf, str) else type(leaf) for leaf in leaves}
    return kinds <= {int, float, bool} or kinds == {str}


def _from_records(records: List[Any]) -> Any:
    import pandas as pd  # noqa: PLC0415

    for number, record in enumerate(records, 1):
        if not isinstance(record, dict):
            raise LayoutError(f"row {number}: {show(record)} is not an object as other rows are")
    return pd.DataFrame(records)


def _from_object(inputs: Any) -> Any:
    """One row, a table by column, or arrays by name."""
    import pandas as pd  # noqa: PLC0415

    if not all(isinstance(value, list) for value in inputs.values()):
        return pd.DataFrame([inputs])
    if any(isinstance(item, list) for value in inputs.values() for item in value):
        return {name: np.array(value) for name, value in inputs.items()}
    try:
        return pd.DataFrame(inputs)
    except ValueError as error:
        raise LayoutError(str(error)) from error
