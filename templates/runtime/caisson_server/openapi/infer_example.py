"""Inputs of `/predict` as the tensors of the Open Inference Protocol."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional, Sequence

from ..openinference.datatypes import BYTES, datatype_of_column, datatype_of_numpy
from ..openinference.metadata import input_name
from ..rows.errors import LayoutError
from ..rows.nesting import flatten
from ..signature.types import ColumnSpec, DataType, Schema, Signature, TensorSpec

_WITHOUT_GAPS = ("BOOL", "INT32", "INT64")
_NUMBERS = (int, float)


def infer_inputs(
    inputs: Any, rows: Optional[Sequence[Sequence[Any]]], signature: Signature
) -> Optional[List[Dict[str, Any]]]:
    """The `inputs` of `/infer`; None where tensors cannot say them. `rows` are those of a model that takes columns."""
    schema = signature.inputs
    if schema is None:
        return _unsigned(inputs)
    if schema.tensors:
        return _from_tensors(inputs, schema)
    if signature.from_type_hint:
        is_one = len(schema.columns) == 1 and isinstance(inputs, list)
        return [_column(schema.columns[0], 0, inputs)] if is_one else None
    if rows is None:
        return None
    columns = [_column(spec, position, [row[position] for row in rows]) for position, spec in enumerate(schema.columns)]
    given = [column for column in columns if any(value is not None for value in column["data"])]
    has_gaps = any(column["datatype"] in _WITHOUT_GAPS and None in column["data"] for column in given)
    return None if has_gaps or not given else given


def _column(spec: ColumnSpec, position: int, values: Sequence[Any]) -> Dict[str, Any]:
    datatype, content_type = datatype_of_column(spec.type)
    if not isinstance(spec.type, DataType):
        values = [None if value is None else json.dumps(value) for value in values]
    hint = {} if content_type is None else {"parameters": {"content_type": content_type}}
    return {
        "name": input_name(spec, position),
        "datatype": datatype,
        "shape": [len(values)],
        **hint,
        "data": list(values),
    }


def _from_tensors(inputs: Any, schema: Schema) -> Optional[List[Dict[str, Any]]]:
    named = inputs if schema.has_names and isinstance(inputs, dict) else {schema.tensors[0].name: inputs}
    if any(spec.name not in named for spec in schema.tensors):
        return None
    tensors = [_tensor(spec, position, named[spec.name]) for position, spec in enumerate(schema.tensors)]
    return None if None in tensors else [tensor for tensor in tensors if tensor is not None]


def _tensor(spec: TensorSpec, position: int, nested: Any) -> Optional[Dict[str, Any]]:
    try:
        shape, leaves = flatten(nested)
    except LayoutError:
        return None
    datatype = datatype_of_numpy(spec.dtype)
    if datatype == BYTES and not all(isinstance(leaf, str) for leaf in leaves):
        return None
    return {"name": input_name(spec, position), "datatype": datatype, "shape": list(shape), "data": leaves}


def _unsigned(inputs: Any) -> Optional[List[Dict[str, Any]]]:
    """One tensor where the inputs are nothing but numbers."""
    try:
        shape, leaves = flatten(inputs)
    except LayoutError:
        return None
    if not shape or not all(type(leaf) in _NUMBERS for leaf in leaves):
        return None
    return [{"name": "input-0", "datatype": "FP64", "shape": list(shape), "data": leaves}]
