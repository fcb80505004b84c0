"""Rows to rehearse with: the model's own input example and what can be made of it, else numbers for its signature."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any, Callable, List, Mapping, Optional, Tuple

import numpy as np

from ..model.mlmodel import read_mlmodel
from ..signature.plain import has_plain_types
from ..signature.types import DataType, Schema, Signature, TensorSpec
from .variation import made_integer, made_number, varied

_ROWS = 32
_MOST_VALUES = 100_000
_REAL = (DataType.FLOAT, DataType.DOUBLE)

#: The body of `/invocations` for the values of one row.
_Wrap = Callable[[Any], Any]


class NoRowsError(Exception):
    """There is nothing to rehearse with. The text is the reason for the log."""


def rehearsal_rows(folder: Path, signature: Signature) -> Tuple[bytes, ...]:
    """Bodies of `/invocations` of one row each, always the same for a model. Raises NoRowsError."""
    example = _example(folder)
    if example is not None:
        rows, wrap = example
        return tuple(_body(wrap(varied(rows, number))) for number in range(_ROWS))
    if signature.inputs is None:
        raise NoRowsError("it has neither an input example nor a signature")
    if signature.inputs.tensors:
        return tuple(_body(_tensor_row(signature.inputs, number)) for number in range(_ROWS))
    if not has_plain_types(signature):
        raise NoRowsError("it has no input example, and its columns are not all numbers")
    return tuple(_body(_column_row(signature.inputs, number)) for number in range(_ROWS))


def _body(value: Any) -> bytes:
    return json.dumps(value).encode()


def _example(folder: Path) -> Optional[Tuple[List[Any], _Wrap]]:
    """The rows of the example, and how one of them is sent; None where there is none of a usual form."""
    body = _saved_example(folder)
    if not isinstance(body, dict):
        return None
    params = {"params": body["params"]} if body.get("params") else {}
    table = body.get("dataframe_split")
    if isinstance(table, dict) and _is_filled(table.get("data")):
        columns = {"columns": table["columns"]} if "columns" in table else {}
        return table["data"], lambda row: {"dataframe_split": {**columns, "data": [row]}, **params}
    inputs = body.get("inputs")
    if _is_filled(inputs):
        return list(inputs or ()), lambda row: {"inputs": [row], **params}
    if isinstance(inputs, dict) and inputs and all(map(_is_filled, inputs.values())):
        rows = [dict(zip(inputs, values)) for values in zip(*inputs.values())]
        return rows, lambda row: {"inputs": {name: [value] for name, value in row.items()}, **params}
    return None


def _saved_example(folder: Path) -> Any:
    """The example as a body of `/invocations`, if there is any. MLflow 2 saved none of that form at first."""
    info = read_mlmodel(folder).get("saved_input_example_info") or {}
    if info.get("serving_input_path"):
        return _read(folder / str(info["serving_input_path"]))
    saved = _read(folder / str(info["artifact_path"])) if info.get("artifact_path") else None
    return {"dataframe_split": saved} if info.get("type") == "dataframe" else saved


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def _is_filled(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 0


def _column_row(schema: Schema, number: int) -> Any:
    row = [
        (made_number if spec.type in _REAL else made_integer)(number, position)
        for position, spec in enumerate(schema.columns)
    ]
    columns = {"columns": schema.labels} if schema.has_names else {}
    return {"dataframe_split": {**columns, "data": [row]}}


def _tensor_row(schema: Schema, number: int) -> Any:
    if schema.has_names:
        return {"inputs": {str(spec.name): [_tensor_values(spec, number)] for spec in schema.tensors}}
    return {"inputs": [_tensor_values(schema.tensors[0], number)]}


def _tensor_values(spec: TensorSpec, number: int) -> Any:
    """One row of the tensor as nested lists. Raises NoRowsError for what is no row of so many numbers."""
    kind = np.dtype(spec.dtype).kind
    shape: Tuple[int, ...] = spec.shape[1:]
    if kind not in "fiu" or spec.shape[0] != -1 or -1 in shape or np.prod(shape) > _MOST_VALUES:
        raise NoRowsError(f"it has no input example, and none can be made for {spec!r}")
    make = made_number if kind == "f" else made_integer
    values: Mapping[Tuple[int, ...], Any] = {
        place: make(number, position) for position, place in enumerate(product(*map(range, shape)))
    }
    row = np.empty(shape, object)
    for place, value in values.items():
        row[place] = value
    return row.tolist()
