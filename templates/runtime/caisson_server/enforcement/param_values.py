"""One value of `params` to the type that the signature gives it."""

from __future__ import annotations

import datetime as dt
from copy import deepcopy
from typing import Any, Mapping, Tuple

import numpy as np

from ..protocol.errors import MismatchError
from ..protocol.nested import enforce_value
from ..signature.dtypes import NUMPY, PANDAS
from ..signature.types import DataType, ObjectType, ParameterSpec

_PYTHON: Mapping[DataType, Any] = {
    DataType.BOOLEAN: bool,
    DataType.INTEGER: int,
    DataType.LONG: int,
    DataType.FLOAT: float,
    DataType.DOUBLE: float,
    DataType.STRING: str,
    DataType.DATETIME: dt.date,
}
#: What may be given for a type besides itself.
_WIDENED: Mapping[DataType, Tuple[DataType, ...]] = {
    DataType.LONG: (DataType.INTEGER,),
    DataType.FLOAT: (DataType.INTEGER, DataType.LONG),
    DataType.DOUBLE: (DataType.INTEGER, DataType.LONG, DataType.FLOAT),
}


def parameter_value(value: Any, spec: ParameterSpec) -> Any:
    """The value as Python's own type (or as a list of them). Raises MismatchError."""
    if spec.shape == (-1,) and not _is_list(value):
        raise MismatchError(
            f"Value must be a 1D array with shape (-1,) for param {spec!r}, "
            f"received {type(value).__name__} with ndim {np.array(value).ndim}"
        )
    try:
        if spec.shape is None:
            return _one_value(value, spec)
        if spec.shape == (-1,):
            return [_scalar(item, spec.type) for item in value]
    except Exception as error:
        raise MismatchError(f"Failed to validate type and shape for {spec!r}, error: {error}") from error
    raise MismatchError(
        "Shape must be None for scalar or dictionary value, or (-1,) for 1D array value "
        f"for ParamSpec {spec!r}), received {spec.shape}"
    )


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, np.ndarray)) and np.array(value).ndim == 1


def _one_value(value: Any, spec: ParameterSpec) -> Any:
    if not isinstance(spec.type, ObjectType):
        return _scalar(value, spec.type)
    # The value stays as it came: the check would turn its numbers into numpy's.
    enforce_value(deepcopy(value), spec.type)
    return value


def _scalar(value: Any, data_type: Any) -> Any:
    if value is None:
        return None
    if data_type is DataType.DATETIME:
        return _date(value)
    if not np.isscalar(value):
        raise MismatchError(f"Value must be a scalar for type `{data_type}`, got `{value}`")
    if _is_of(data_type, value) or any(_is_of(other, value) for other in _WIDENED.get(data_type, ())):
        return _PYTHON[data_type](value)
    raise MismatchError(f"Can not safely convert `{type(value)}` to `{data_type}` for value `{value!s}`")


def _is_of(data_type: DataType, value: Any) -> bool:
    # numpy's types compare equal to the classes of their scalars, which `in` relies on.
    return type(value) in [NUMPY[data_type], PANDAS[data_type], _PYTHON[data_type]]


def _date(value: Any) -> Any:
    try:
        moment = np.datetime64(value).item()
    except ValueError as error:
        raise MismatchError(
            f"Failed to convert value `{value}` from type `{type(value)}` to `{DataType.DATETIME}`"
        ) from error
    if isinstance(moment, int):
        raise MismatchError(
            f"Failed to convert value to `{DataType.DATETIME}`. "
            f"It must be convertible to datetime.date/datetime, got `{value}`"
        )
    return moment
