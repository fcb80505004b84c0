"""The JSON values of one column to an array or list of the column's type.

Stricter than `/invocations`, which casts: text is not a number here, and 1.5 is not an integer.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Callable, List, Mapping

import numpy as np

from ..signature.dtypes import NUMPY
from ..signature.types import ColumnSpec, DataType
from .errors import ValueMismatchError, show
from .nested import NestedConverter

#: Of JSON's values: the numbers, and null for a missing one.
_REAL = frozenset((int, float, bool, type(None)))
NUMERIC = frozenset((DataType.INTEGER, DataType.LONG, DataType.FLOAT, DataType.DOUBLE))


def convert_column(values: List[Any], spec: ColumnSpec) -> Any:
    """Values for one column of a DataFrame, as long as the list.

    Raises ValueMismatchError with the index of the first value that does not fit.
    """
    if not isinstance(spec.type, DataType):
        return [_nested(index, value, spec) for index, value in enumerate(values)]
    if spec.type not in NUMERIC and not spec.required and any(value is None for value in values):
        return _with_gaps(values, spec.type)
    return _CONVERTERS[spec.type](values, spec.type)


def real_numbers(values: List[Any], dtype: Any) -> Any:
    """Numbers, with null as NaN, to an array of a floating dtype. Raises ValueMismatchError."""
    if not _REAL.issuperset(map(type, values)):
        index = next(index for index, value in enumerate(values) if type(value) not in _REAL)
        raise ValueMismatchError(index, f"{show(values[index])} is not a number")
    try:
        doubles = np.array(values, dtype=np.float64)
    except OverflowError:
        raise _too_large(values) from None
    with np.errstate(over="ignore"):
        numbers = doubles.astype(dtype)
    overflown = np.flatnonzero(np.isinf(numbers) & ~np.isinf(doubles))
    if len(overflown):
        index = int(overflown[0])
        raise ValueMismatchError(index, f"{show(values[index])} is too large for {dtype}")
    return numbers


def whole_numbers(values: List[Any], dtype: Any) -> Any:
    """Whole numbers to an array of an integer dtype. Raises ValueMismatchError."""
    limits = np.iinfo(dtype)
    for index, value in enumerate(values):
        if type(value) not in (int, bool) and not (type(value) is float and value.is_integer()):
            raise ValueMismatchError(index, f"{show(value)} is not a whole number")
        if not limits.min <= value <= limits.max:
            raise ValueMismatchError(index, f"{show(value)} does not fit into {dtype}")
    return np.array([int(value) for value in values], dtype=dtype)


def booleans(values: List[Any], dtype: Any) -> Any:
    """Booleans (or 0 and 1) to an array. Raises ValueMismatchError."""
    for index, value in enumerate(values):
        if type(value) not in (bool, int, float) or value not in (0, 1):
            raise ValueMismatchError(index, f"{show(value)} is not true or false")
    return np.array(values, dtype=dtype)


def texts(values: List[Any], _dtype: Any = None) -> List[Any]:
    """Text, unchanged. Raises ValueMismatchError."""
    for index, value in enumerate(values):
        if not isinstance(value, str):
            raise ValueMismatchError(index, f"{show(value)} is not text")
    return values


def _too_large(values: List[Any]) -> ValueMismatchError:
    limit = 10**308
    index = next(i for i, value in enumerate(values) if value is not None and abs(value) > limit)
    return ValueMismatchError(index, f"{show(values[index])} is too large")


def _nested(index: int, value: Any, spec: ColumnSpec) -> Any:
    try:
        return NestedConverter(_convert_scalars).convert(value, spec.type, required=spec.required)
    except ValueMismatchError as error:
        raise ValueMismatchError(index, error.reason) from error


def _convert_scalars(values: List[Any], data_type: DataType) -> Any:
    return _CONVERTERS[data_type](values, data_type)


def _with_gaps(values: List[Any], data_type: DataType) -> List[Any]:
    """An optional column: null stays as it is."""
    given = [index for index, value in enumerate(values) if value is not None]
    try:
        converted = _CONVERTERS[data_type]([values[index] for index in given], data_type)
    except ValueMismatchError as error:
        raise ValueMismatchError(given[error.index], error.reason) from error
    column: List[Any] = [None] * len(values)
    for index, value in zip(given, converted):
        column[index] = value
    return column


def _real(values: List[Any], data_type: DataType) -> Any:
    return real_numbers(values, NUMPY[data_type])


def _whole(values: List[Any], data_type: DataType) -> Any:
    return whole_numbers(values, NUMPY[data_type])


def _boolean(values: List[Any], data_type: DataType) -> Any:
    return booleans(values, NUMPY[data_type])


def _binary(values: List[Any], _data_type: DataType) -> List[bytes]:
    return [_from_base64(index, value) for index, value in enumerate(values)]


def _from_base64(index: int, value: Any) -> bytes:
    if isinstance(value, str):
        try:
            # Line ends are usual in base64 (MLflow's own answers have them).
            return base64.b64decode("".join(value.split()), validate=True)
        except (binascii.Error, ValueError):
            pass
    raise ValueMismatchError(index, f"{show(value)} is not base64 text")


def _dates(values: List[Any], _data_type: DataType) -> Any:
    return np.array([_date(index, value) for index, value in enumerate(values)], "datetime64[ns]")


def _date(index: int, value: Any) -> Any:
    import pandas as pd  # noqa: PLC0415

    if isinstance(value, str):
        try:
            date = pd.to_datetime(value)
            return (date if date.tzinfo is None else date.tz_convert(None)).to_datetime64()
        except (ValueError, TypeError, OverflowError):
            pass
    raise ValueMismatchError(index, f"{show(value)} is not a date and time")


def _text(values: List[Any], _data_type: DataType) -> List[Any]:
    return texts(values)


_CONVERTERS: Mapping[DataType, Callable[[List[Any], DataType], Any]] = {
    DataType.BOOLEAN: _boolean,
    DataType.INTEGER: _whole,
    DataType.LONG: _whole,
    DataType.FLOAT: _real,
    DataType.DOUBLE: _real,
    DataType.STRING: _text,
    DataType.BINARY: _binary,
    DataType.DATETIME: _dates,
}
