"""JSON Schemas of a signature's types."""

from __future__ import annotations

from typing import Any, Dict, Mapping

from ..signature.types import (
    ArrayType,
    ColumnSpec,
    ColumnType,
    DataType,
    MapType,
    ObjectType,
    ParameterSpec,
    TensorSpec,
)

JsonSchema = Dict[str, Any]

#: Deeper types are described as anything: nobody reads them.
_DEEPEST = 20

#: In a column of floating-point numbers, null is a number that is missing.
_SCALARS: Mapping[DataType, JsonSchema] = {
    DataType.BOOLEAN: {"type": "boolean"},
    DataType.INTEGER: {"type": "integer", "format": "int32", "minimum": -(2**31), "maximum": 2**31 - 1},
    DataType.LONG: {"type": "integer", "format": "int64", "minimum": -(2**63), "maximum": 2**63 - 1},
    DataType.FLOAT: {"type": ["number", "null"], "format": "float"},
    DataType.DOUBLE: {"type": ["number", "null"], "format": "double"},
    DataType.STRING: {"type": "string"},
    DataType.BINARY: {"type": "string", "contentEncoding": "base64"},
    DataType.DATETIME: {"type": "string", "description": "date and time, as 2024-01-31T12:00:00"},
}


def column_schema(spec: ColumnSpec) -> JsonSchema:
    """One value of a column."""
    schema = type_schema(spec.type)
    return schema if spec.required else _or_null(schema)


def type_schema(column_type: ColumnType, depth: int = _DEEPEST) -> JsonSchema:
    """One value of a type."""
    if isinstance(column_type, DataType):
        return dict(_SCALARS[column_type])
    if depth == 0:
        return {}
    if isinstance(column_type, ArrayType):
        return {"type": "array", "items": type_schema(column_type.items, depth - 1)}
    if isinstance(column_type, MapType):
        return {"type": "object", "additionalProperties": type_schema(column_type.values, depth - 1)}
    if isinstance(column_type, ObjectType):
        return _object(column_type, depth - 1)
    return {}


def tensor_schema(spec: TensorSpec) -> JsonSchema:
    """A tensor as nested arrays."""
    schema = _element(spec.dtype)
    for size in reversed(spec.shape):
        schema = {"type": "array", "items": schema}
        if size >= 0:
            schema.update({"minItems": size, "maxItems": size})
    return schema


def parameter_schema(spec: ParameterSpec) -> JsonSchema:
    """The value of a parameter, with its default."""
    schema = type_schema(spec.type)
    if spec.shape is not None:
        schema = {"type": "array", "items": schema}
    if spec.default is None:
        schema = _or_null(schema)
    return {**schema, "default": spec.default}


def object_schema(properties: Mapping[str, JsonSchema], required: Any) -> JsonSchema:
    """An object. A member called `$ref` stays unmentioned: half of all tools would take it for a reference."""
    schema: JsonSchema = {
        "type": "object",
        "properties": {name: value for name, value in properties.items() if name != "$ref"},
    }
    names = list(required)
    return {**schema, "required": names} if names else schema


def _object(shape: ObjectType, depth: int) -> JsonSchema:
    properties = {member.name: type_schema(member.type, depth) for member in shape.properties}
    required = [member.name for member in shape.properties if member.required]
    for member in shape.properties:
        if not member.required:
            properties[member.name] = _or_null(properties[member.name])
    return object_schema(properties, required)


def _or_null(schema: JsonSchema) -> JsonSchema:
    kind = schema.get("type")
    if kind is None:
        return schema
    kinds = kind if isinstance(kind, list) else [kind]
    return {**schema, "type": kinds if "null" in kinds else [*kinds, "null"]}


def _element(dtype: str) -> JsonSchema:
    """One element of a tensor, by the name of its numpy type."""
    if dtype == "bool":
        return {"type": "boolean"}
    for prefix, lowest in (("uint", 0), ("int", None)):
        bits = dtype[len(prefix) :]
        if dtype.startswith(prefix) and bits.isdigit():
            size = 2 ** int(bits)
            return {
                "type": "integer",
                "minimum": -size // 2 if lowest is None else lowest,
                "maximum": size // 2 - 1 if lowest is None else size - 1,
            }
    if dtype.startswith(("float", "complex")):
        return {"type": ["number", "null"]}
    return {} if dtype == "object" else {"type": "string"}
