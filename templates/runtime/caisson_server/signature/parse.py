"""From the `signature` of an MLmodel file (JSON texts inside YAML) to a Signature."""

from __future__ import annotations

import json
from typing import Any, Mapping, Optional, Tuple

from .types import (
    AnyType,
    ArrayType,
    ColumnSpec,
    ColumnType,
    DataType,
    InputSpec,
    MapType,
    ObjectType,
    ParameterSpec,
    Property,
    Schema,
    Signature,
    SparkVectorType,
    TensorSpec,
)


def parse_signature(mlmodel: Mapping[str, Any]) -> Signature:
    """Read the signature of a parsed MLmodel file.

    Raises ValueError, KeyError or TypeError when it is not what MLflow writes.
    """
    texts = mlmodel.get("signature") or {}
    params = _parameters(texts.get("params"))
    return Signature(
        inputs=_schema(texts.get("inputs")),
        parameters=tuple(spec.name for spec in params or ()),
        params=params,
        from_type_hint=bool(mlmodel.get("is_signature_from_type_hint", False)),
    )


def _schema(text: Optional[str]) -> Optional[Schema]:
    specs = json.loads(text) if text else []
    return Schema(tuple(_input(spec) for spec in specs)) if specs else None


def _parameters(text: Optional[str]) -> Optional[Tuple[ParameterSpec, ...]]:
    return tuple(_parameter(spec) for spec in json.loads(text)) if text else None


def _parameter(spec: Mapping[str, Any]) -> ParameterSpec:
    # MLflow 2.6 wrote `dtype` where later versions write `type`.
    kind = spec.get("type") or spec["dtype"]
    shape = spec.get("shape")
    return ParameterSpec(
        str(spec["name"]),
        _column_type({**spec, "type": kind}),
        spec["default"],
        None if shape is None else tuple(int(length) for length in shape),
    )


def _input(spec: Mapping[str, Any]) -> InputSpec:
    name = spec.get("name")
    if spec["type"] == "tensor":
        tensor = spec["tensor-spec"]
        return TensorSpec(str(tensor["dtype"]), tuple(int(n) for n in tensor["shape"]), name)
    # `optional: true` is how MLflow before 2.6 said it.
    required = spec.get("required", not spec.get("optional", False))
    return ColumnSpec(_column_type(spec), name, bool(required))


def _column_type(spec: Mapping[str, Any]) -> ColumnType:
    kind = spec["type"]
    if kind == "array":
        return ArrayType(_column_type(spec["items"]))
    if kind == "object":
        return ObjectType(_properties(spec["properties"]))
    if kind == "map":
        return MapType(_column_type(spec["values"]))
    if kind == "any":
        return AnyType()
    if kind == "sparkml_vector":
        return SparkVectorType(DataType.DOUBLE)
    return DataType(kind)


def _properties(members: Mapping[str, Mapping[str, Any]]) -> Tuple[Property, ...]:
    return tuple(
        Property(name, _column_type(members[name]), bool(members[name].get("required", True)))
        for name in sorted(members)
    )
