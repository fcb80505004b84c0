"""JSON Schemas of the data that the scoring routes take, by the model's signature."""

from __future__ import annotations

from typing import Dict, List, Optional

from ..signature.types import DataType, Schema, Signature, TensorSpec
from .types import JsonSchema, column_schema, object_schema, parameter_schema, tensor_schema, type_schema

_UNKNOWN = "the model has no signature: whatever it takes, usually an array of rows or an object of columns"


def components(signature: Signature) -> Dict[str, JsonSchema]:
    """The schemas that `inputs_schema` and `forms_schema` refer to: Row, Record, Columns and Params."""
    found = {"Params": params_schema(signature)}
    schema = signature.inputs
    if schema is None or not schema.columns or signature.from_type_hint:
        return found
    found["Row"] = _row(schema)
    if schema.has_names:
        found["Record"] = _record(schema)
        found["Columns"] = _columns(schema)
    return found


def params_schema(signature: Signature) -> JsonSchema:
    """The parameters of a request. Others than these are ignored."""
    properties = {spec.name: parameter_schema(spec) for spec in signature.params or ()}
    if properties:
        return object_schema(properties, ())
    return {"description": "the model has no parameters, whatever stands here is ignored"}


def inputs_schema(signature: Signature) -> JsonSchema:
    """The `inputs` of `/predict`."""
    schema = signature.inputs
    if schema is None:
        return {"description": _UNKNOWN}
    if signature.from_type_hint:
        return _hinted(schema)
    if schema.tensors:
        return _any_of([_tensors(schema), *_lone_tensors(schema)])
    rows: List[JsonSchema] = [_many(_ref("Row")), _ref("Row")]
    if schema.has_names:
        rows += [_many(_ref("Record")), _ref("Record"), _ref("Columns")]
    if len(schema.columns) == 1:
        rows.append(_many(column_schema(schema.columns[0])))
    return _any_of(rows)


def forms_schema(signature: Signature) -> JsonSchema:
    """`inputs` and `instances` of `/invocations`, which is stricter: names are not left to the position."""
    schema = signature.inputs
    if schema is None:
        return {"description": _UNKNOWN}
    if signature.from_type_hint:
        return _hinted(schema)
    if schema.tensors:
        return _any_of([_tensors(schema)] + ([tensor_schema(schema.tensors[0])] if len(schema.tensors) == 1 else []))
    if not schema.has_names:
        return _many(_ref("Row"))
    lone = [_many(column_schema(schema.columns[0]))] if len(schema.columns) == 1 else []
    return _any_of([_ref("Columns"), _many(_ref("Record")), *lone])


def takes_csv(signature: Signature) -> bool:
    """Whether cells of text can hold what the model takes. MLflow reads no dates from them."""
    schema = signature.inputs
    if schema is None:
        return True
    types = [spec.type for spec in schema.columns]
    return bool(types) and all(isinstance(one, DataType) and one is not DataType.DATETIME for one in types)


def _row(schema: Schema) -> JsonSchema:
    cells = [column_schema(spec) for spec in schema.columns]
    fewest = len(cells)
    while fewest and not schema.columns[fewest - 1].required:
        fewest -= 1
    is_uniform = all(cell == cells[0] for cell in cells)
    items = {"items": cells[0]} if is_uniform else {"prefixItems": cells}
    about = "one value for each column, in the order of the signature"
    return {"type": "array", "description": about, **items, "minItems": fewest, "maxItems": len(cells)}


def _record(schema: Schema) -> JsonSchema:
    properties = {str(spec.name): column_schema(spec) for spec in schema.columns}
    required = [spec.name for spec in schema.columns if spec.required]
    return {**object_schema(properties, required), "description": "one row, by the names of its columns"}


def _columns(schema: Schema) -> JsonSchema:
    properties = {str(spec.name): _many(column_schema(spec)) for spec in schema.columns}
    required = [spec.name for spec in schema.columns if spec.required]
    return {**object_schema(properties, required), "description": "equally long lists, by the names of the columns"}


def _hinted(schema: Schema) -> JsonSchema:
    if len(schema.columns) == 1 and not schema.has_names:
        return {**_many(type_schema(schema.columns[0].type)), "description": "checked by the type hint of the model"}
    return {"description": "checked by the type hint of the model"}


def _tensors(schema: Schema) -> JsonSchema:
    if not schema.has_names:
        return tensor_schema(schema.tensors[0])
    properties = {str(spec.name): tensor_schema(spec) for spec in schema.tensors}
    return object_schema(properties, list(properties))


def _lone_tensors(schema: Schema) -> List[JsonSchema]:
    """What else `/predict` takes: one row, rows of named tensors, the only tensor without its name."""
    rows = [row for row in map(_row_of_tensor, schema.tensors) if row is not None]
    found: List[JsonSchema] = []
    if schema.has_names and len(rows) == len(schema.tensors):
        properties = {str(spec.name): row for spec, row in zip(schema.tensors, rows)}
        found.append(_many(object_schema(properties, list(properties))))
    if schema.has_names and len(schema.tensors) == 1:
        found.append(tensor_schema(schema.tensors[0]))
    return [*found, *rows] if len(schema.tensors) == 1 else found


def _row_of_tensor(spec: TensorSpec) -> Optional[JsonSchema]:
    """None for a tensor that is not made of rows."""
    has_rows = spec.shape[:1] in ((-1,), (1,))
    return tensor_schema(TensorSpec(spec.dtype, spec.shape[1:], spec.name)) if has_rows else None


def _many(items: JsonSchema) -> JsonSchema:
    return {"type": "array", "items": items, "minItems": 1}


def _ref(name: str) -> JsonSchema:
    return {"$ref": f"#/components/schemas/{name}"}


def _any_of(schemas: List[JsonSchema]) -> JsonSchema:
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
