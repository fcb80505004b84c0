"""Plausible values for a signature, so that a first request works without a look at the training data."""

from __future__ import annotations

from math import prod
from typing import Any, Dict, List, Optional, Sequence

from ..signature.types import (
    ArrayType,
    ColumnType,
    DataType,
    MapType,
    ObjectType,
    Schema,
    Signature,
    TensorSpec,
)

#: Values of one tensor; more are no example but a burden.
_MOST_VALUES = 2000
_DEEPEST = 20

_SCALARS: Dict[DataType, Any] = {
    DataType.BOOLEAN: True,
    DataType.INTEGER: 1,
    DataType.LONG: 1,
    DataType.FLOAT: 0.5,
    DataType.DOUBLE: 0.5,
    DataType.STRING: "text",
    DataType.BINARY: "Ynl0ZXM=",
    DataType.DATETIME: "2024-01-31T12:00:00",
}


def sample_inputs(signature: Signature) -> Any:
    """The `inputs` of a request to `/predict` with one row; None for a model that says nothing, or takes too much.

    Columns become rows by position, or objects where they have names and are not all numbers.
    """
    schema = signature.inputs
    if schema is None:
        return None
    if schema.tensors:
        return _tensors(schema)
    row = [sample_value(spec.type) for spec in schema.columns]
    if signature.from_type_hint and len(row) == 1 and not schema.has_names:
        return row
    if not schema.has_names or all(type(value) in (int, float) for value in row):
        return [row]
    return [dict(zip(schema.by_name(), row))]


def sample_value(column_type: ColumnType, depth: int = _DEEPEST) -> Any:
    """A value of JSON that the type takes; None where types are nested without end."""
    if isinstance(column_type, DataType):
        return _SCALARS[column_type]
    if depth == 0:
        return None
    if isinstance(column_type, ArrayType):
        return [sample_value(column_type.items, depth - 1)]
    if isinstance(column_type, MapType):
        return {"key": sample_value(column_type.values, depth - 1)}
    if isinstance(column_type, ObjectType):
        return {member.name: sample_value(member.type, depth - 1) for member in column_type.properties}
    return "anything"


def _tensors(schema: Schema) -> Any:
    shapes = [[1 if size == -1 else size for size in spec.shape] for spec in schema.tensors]
    if sum(map(prod, shapes)) > _MOST_VALUES:
        return None
    nested = [_nested(shape, tensor_value(spec)) for shape, spec in zip(shapes, schema.tensors)]
    return dict(zip(schema.by_name(), nested)) if schema.has_names else nested[0]


def tensor_value(spec: TensorSpec) -> Any:
    """One element of a tensor."""
    if spec.dtype.startswith(("float", "complex")):
        return 0.5
    if spec.dtype.startswith(("int", "uint")):
        return 1
    if spec.dtype == "bool":
        return True
    return "2024-01-31T12:00:00" if spec.dtype.startswith("datetime64") else "text"


def _nested(shape: Sequence[int], value: Any) -> Any:
    if not shape:
        return value
    items: List[Any] = [_nested(shape[1:], value) for _ in range(shape[0])]
    return items


def sample_params(signature: Signature) -> Optional[Dict[str, Any]]:
    """The parameters at their defaults; None when the model has none that could be shown."""
    params = {spec.name: spec.default for spec in signature.params or () if spec.default is not None}
    return params or None
