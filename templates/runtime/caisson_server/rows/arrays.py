"""`inputs` of a model that takes tensors, as arrays."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

import numpy as np

from ..signature.types import Schema, TensorSpec
from .cells import booleans, real_numbers, texts, whole_numbers
from .errors import LayoutError, ValueMismatchError
from .nesting import counted, flatten, place_of

_TABLE = 2


def arrays_of(inputs: Any, schema: Schema) -> Any:
    """The array of an unnamed tensor, or a dictionary of arrays by name. Raises LayoutError."""
    if not schema.has_names:
        if isinstance(inputs, dict) or _holds_records(inputs):
            raise LayoutError("row 1: the model's input has no names, send each row as a list")
        return array_of(inputs, schema.tensors[0])
    named = _by_name(inputs, schema)
    arrays: Dict[str, Any] = {}
    for spec in schema.tensors:
        if spec.name not in named:
            raise LayoutError(f"input '{spec.name}' is missing")
        try:
            arrays[str(spec.name)] = array_of(named[str(spec.name)], spec)
        except LayoutError as error:
            raise LayoutError(f"input '{spec.name}', {error}") from error
    return arrays


def array_of(nested: Any, spec: TensorSpec) -> Any:
    """Nested lists of any rank as one array of the spec's dtype and shape; one row may stand alone.

    Raises LayoutError naming the place of the first value that does not fit.
    """
    dtype = np.dtype(spec.dtype)
    if dtype.kind == "O":
        return np.array(nested, dtype=object)
    _check_rows(nested, spec)
    shape, leaves = flatten(nested)
    try:
        array = _convert(leaves, dtype)
    except ValueMismatchError as error:
        raise LayoutError(f"{place_of(error.index, shape)}: {error.reason}") from error
    except (ValueError, TypeError, OverflowError) as error:
        raise LayoutError(f"not an array of {dtype}: {error}") from error
    return _fit_shape(array.reshape(shape), spec)


def _check_rows(nested: Any, spec: TensorSpec) -> None:
    """The length of each row of a table, before rows are compared with each other."""
    if not isinstance(nested, list) or len(spec.shape) != _TABLE or spec.shape[1] == -1:
        return
    for number, row in enumerate(nested, 1):
        if isinstance(row, list) and len(row) != spec.shape[1]:
            raise _wrong_width(number, len(row), spec)


def _wrong_width(number: int, width: int, spec: TensorSpec) -> LayoutError:
    return LayoutError(f"row {number}: has {counted(width)}, the model takes {spec.shape[1]}")


def _convert(leaves: List[Any], dtype: Any) -> Any:
    if dtype.kind in "iu":
        return whole_numbers(leaves, dtype)
    if dtype.kind == "f":
        return real_numbers(leaves, dtype)
    if dtype.kind == "b":
        return booleans(leaves, dtype)
    if dtype.kind == "U":
        return np.array(texts(leaves), dtype=dtype)
    return np.array(leaves, dtype=dtype)


def _fit_shape(array: Any, spec: TensorSpec) -> Any:
    wanted = spec.shape
    if array.ndim + 1 == len(wanted) and wanted[0] in (-1, 1):
        array = array[np.newaxis]
    fits = array.ndim == len(wanted) and all(length in (-1, size) for size, length in zip(array.shape, wanted))
    if fits:
        return array
    if array.ndim == len(wanted) == _TABLE and wanted[1] not in (-1, array.shape[1]):
        raise _wrong_width(1, array.shape[1], spec)
    found = f"the shape is {_shape_text(array.shape)}"
    raise LayoutError(f"{found}, the model takes {_shape_text(wanted)}")


def _shape_text(shape: Tuple[int, ...]) -> str:
    return "(" + ", ".join("any" if size == -1 else str(size) for size in shape) + ")"


def _by_name(inputs: Any, schema: Schema) -> Dict[str, Any]:
    """The nested lists by tensor name: from an object of them, from records, or the only one."""
    if isinstance(inputs, dict):
        return inputs
    if _holds_records(inputs):
        return {
            str(spec.name): [_member(number, row, spec) for number, row in enumerate(inputs, 1)]
            for spec in schema.tensors
        }
    if len(schema.tensors) == 1:
        return {str(schema.tensors[0].name): inputs}
    names = ", ".join(str(label) for label in schema.labels)
    raise LayoutError(f"the model takes {len(schema.tensors)} inputs, send an object with {names}")


def _member(number: int, row: Any, spec: TensorSpec) -> Any:
    if isinstance(row, dict) and spec.name in row:
        return row[str(spec.name)]
    raise LayoutError(f"row {number}: input '{spec.name}' is missing")


def _holds_records(inputs: Any) -> bool:
    return isinstance(inputs, list) and any(isinstance(row, dict) for row in inputs)
