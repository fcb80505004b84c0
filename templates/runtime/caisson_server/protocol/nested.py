"""One JSON value to an array, object, map or scalar type, by MLflow's rules."""

from __future__ import annotations

from typing import Any, Dict

import numpy as np

from ..signature.dtypes import NUMPY
from ..signature.types import (
    AnyType,
    ArrayType,
    ColumnType,
    DataType,
    MapType,
    ObjectType,
)
from .errors import MismatchError
from .scalar import enforce_scalars


def enforce_value(value: Any, column_type: ColumnType, *, required: bool = True) -> Any:
    """Return `value` as `column_type`; an optional value may be null.

    Raises MismatchError when it does not fit.
    """
    if isinstance(column_type, DataType):
        return _enforce_scalar(value, column_type, required=required)
    if isinstance(column_type, ArrayType):
        return _enforce_array(value, column_type, required=required)
    if isinstance(column_type, ObjectType):
        return _enforce_object(value, column_type, required=required)
    if isinstance(column_type, MapType):
        return _enforce_map(value, column_type, required=required)
    return value


def _enforce_scalar(value: Any, data_type: DataType, *, required: bool) -> Any:
    import pandas as pd  # noqa: PLC0415

    if not required and _is_missing(value):
        return None
    if not np.isscalar(value):
        raise MismatchError(f"Expected data to be scalar, got {type(value).__name__}")
    try:
        return enforce_scalars("", pd.Series(value), data_type)[0]
    except MismatchError:
        raise MismatchError(f"Failed to enforce schema of data `{value!s}` with dtype `{data_type.value}`") from None


def _is_missing(value: Any) -> bool:
    if isinstance(value, float):
        return bool(np.isnan(value))
    return value is None


def _enforce_array(value: Any, array: ArrayType, *, required: bool) -> Any:
    import pandas as pd  # noqa: PLC0415

    is_list = isinstance(value, (list, np.ndarray))
    may_be_empty = not required or isinstance(array.items, AnyType)
    if may_be_empty and (value is None or (is_list and len(value) == 0)):
        return value
    if not is_list:
        raise MismatchError(f"Expected data to be list or numpy array, got {type(value).__name__}")
    if not isinstance(array.items, DataType):
        return [enforce_value(item, array.items, required=required) for item in value]
    if len(value) == 0:
        return value
    enforced = enforce_scalars("", pd.Series(value), array.items)
    items = enforced.to_numpy(dtype=NUMPY[array.items])
    return items.tolist() if isinstance(value, list) else items


def _enforce_object(value: Any, shape: ObjectType, *, required: bool) -> Any:
    if not required and (value is None or value == {}):
        return value
    if not isinstance(value, dict):
        raise MismatchError(
            f"Failed to enforce schema of '{value}' with type '{shape}'. "
            f"Expected data to be dictionary, got {type(value).__name__}"
        )
    properties = {member.name: member for member in shape.properties}
    missing = {name for name, member in properties.items() if member.required} - set(value)
    if missing:
        raise MismatchError(f"Missing required properties: {missing}")
    unknown = set(value) - set(properties)
    if unknown:
        raise MismatchError(f"Invalid properties not defined in the schema found: {unknown}")
    return {name: _enforce_property(name, item, properties[name]) for name, item in value.items()}


def _enforce_property(name: str, value: Any, member: Any) -> Any:
    try:
        return enforce_value(value, member.type, required=member.required)
    except MismatchError as error:
        raise MismatchError(
            f"Failed to enforce schema for key `{name}`. "
            f"Expected type {_type_word(member.type)}, received type {type(value).__name__}"
        ) from error


def _enforce_map(value: Any, mapping: MapType, *, required: bool) -> Any:
    may_be_empty = not required or isinstance(mapping.values, AnyType)
    if may_be_empty and (value is None or value == {}):
        return value
    if not isinstance(value, dict):
        raise MismatchError(f"Expected data to be a dict, got {type(value).__name__}")
    enforced: Dict[str, Any] = {}
    for name, item in value.items():
        enforced[name] = enforce_value(item, mapping.values, required=required)
    return enforced


def _type_word(column_type: ColumnType) -> str:
    """The `type` of the signature's JSON."""
    if isinstance(column_type, DataType):
        return column_type.value
    words = {"ArrayType": "array", "ObjectType": "object", "MapType": "map", "AnyType": "any"}
    return words.get(type(column_type).__name__, "sparkml_vector")
