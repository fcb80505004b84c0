"""One column of scalars to its type, by MLflow's rules of what may be converted.

Allowed are casts that lose nothing (int to long, float to double, small integers to double, long to double where all
values are 0 or 1), objects to text, and anything that is a date to datetime.
"""

from __future__ import annotations

import decimal
from typing import Any, Optional

import numpy as np

from ..signature.dtypes import NUMPY, PANDAS
from ..signature.types import DataType
from .errors import MismatchError

_OBJECT = np.dtype(object)

_MISSING_VALUES_HINT = (
    " Hint: the type mismatch is likely caused by missing values. "
    "Integer columns in python can not represent missing values and are therefore "
    "encoded as floats. The best way to avoid this problem is to infer the model "
    "schema based on a realistic data sample (training dataset) that includes missing "
    "values. Alternatively, you can declare integer columns as doubles (float64) "
    "whenever these columns may have missing values. See `Handling Integers With "
    "Missing Values <https://www.mlflow.org/docs/latest/models.html#"
    "handling-integers-with-missing-values>`_ for more details."
)


def enforce_scalars(name: str, values: Any, data_type: DataType) -> Any:
    """Return the pandas Series `values` as `data_type`.

    Raises MismatchError when that would change what they say.
    """
    import pandas as pd  # noqa: PLC0415

    if values.dtype == _OBJECT and data_type not in (DataType.BINARY, DataType.STRING):
        values = values.infer_objects()
    if _fits(values, data_type):
        return values
    if data_type is DataType.DATETIME:
        as_dates = _dates(name, values)
        if as_dates is not None:
            return as_dates
    if data_type is DataType.DOUBLE and values.dtype == decimal.Decimal:
        return pd.to_numeric(values, errors="raise")
    if _loses_nothing(values, NUMPY[data_type]):
        return values.astype(NUMPY[data_type], errors="raise")
    hint = _MISSING_VALUES_HINT if _is_integers_with_gaps(values, NUMPY[data_type]) else ""
    raise MismatchError(
        f"Incompatible input types for column {name}. "
        f"Can not safely convert {values.dtype} to {NUMPY[data_type]}.{hint}"
    )


def _fits(values: Any, data_type: DataType) -> bool:
    import pandas as pd  # noqa: PLC0415

    dtype = values.dtype
    if data_type is DataType.STRING and (dtype == _OBJECT or isinstance(dtype, pd.StringDtype)):
        return True
    if data_type is DataType.BINARY:
        return isinstance(dtype, pd.StringDtype) or dtype == _OBJECT or dtype.kind == "S"
    # A column of booleans with gaps is one of objects; casting would turn None into False.
    if data_type is DataType.BOOLEAN and dtype == _OBJECT:
        return True
    return bool(PANDAS[data_type] == dtype or NUMPY[data_type] == dtype)


def _dates(name: str, values: Any) -> Optional[Any]:
    target = NUMPY[DataType.DATETIME]
    if values.dtype.kind == target.kind:
        try:
            return values.astype(target)
        except TypeError as error:
            raise MismatchError(
                "Please ensure that the input data of datetime column only contains timezone-naive "
                f"datetime objects. Error: {error}"
            ) from error
    if values.dtype != object:
        return None
    try:
        return values.astype(target, errors="raise")
    except ValueError as error:
        raise MismatchError(
            f"Failed to convert column {name} from type {values.dtype} to {DataType.DATETIME}."
        ) from error


def _loses_nothing(values: Any, target: Any) -> bool:
    import pandas as pd  # noqa: PLC0415

    dtype = values.dtype
    if dtype.kind == target.kind:
        upcast = dtype.itemsize <= target.itemsize
    elif dtype.kind == "u" and target.kind == "i":
        upcast = dtype.itemsize < target.itemsize
    elif dtype.kind in ("i", "u") and target == np.float64:
        upcast = dtype.itemsize <= 6  # noqa: PLR2004 - what a double's mantissa holds exactly
    else:
        upcast = False
    if upcast:
        return True
    is_long_to_real = dtype == np.int64 and target in (np.float32, np.float64)
    return is_long_to_real and all(pd.isna(value) or value in (0, 1) for value in values)


def _is_integers_with_gaps(values: Any, target: Any) -> bool:
    import pandas as pd  # noqa: PLC0415

    return bool(
        values.dtype == np.float64
        and target.kind in ("i", "u")
        and values.hasnans
        and all(pd.isna(value) or int(value) == value for value in values)
    )
