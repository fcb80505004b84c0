"""Input tensors of a model that takes columns, as the `inputs` of `/predict`: rows/ knows how to fit those.

Either one tensor for each column, of the shape (rows) or (rows, 1), or one tensor of the shape (rows, columns). Values
of array, object and map columns are JSON texts in BYTES (as MLServer has them), those of arrays also (rows, length).
"""

from __future__ import annotations

import base64
from typing import Any, Dict, List, Mapping, Sequence

from ..protocol.json_text import decode_json
from ..rows.errors import show
from ..signature.types import ArrayType, ColumnSpec, DataType, Schema
from .datatypes import BYTES, JSON_CONTENT
from .errors import InferError
from .metadata import input_name
from .tensor import Tensor, show_shape

_NO_ROWS = "the inputs have no rows"

_TABLE = 2


def rows_of(tensors: Sequence[Tensor], schema: Schema) -> Any:
    """An object of columns, records or rows. Raises InferError naming input and row."""
    positions = _positions(schema)
    if len(tensors) == 1 and (len(schema.columns) == 1 or tensors[0].name not in positions):
        return _from_one(tensors[0], schema)
    columns = _by_position(tensors, schema, positions)
    if len(columns) == len(schema.columns):
        return [list(row) for row in zip(*(columns[position] for position in range(len(columns))))]
    named = {str(schema.columns[position].name): values for position, values in sorted(columns.items())}
    if any(isinstance(schema.columns[position].type, DataType) for position in columns):
        return named
    # An object whose values are all lists of lists would be taken for one row.
    return [dict(zip(named, row)) for row in zip(*named.values())]


def values_of(tensor: Tensor, spec: ColumnSpec) -> List[Any]:
    """The tensor's values for one column, a value for each row, as JSON would have them."""
    if isinstance(spec.type, DataType):
        return _scalars(tensor, spec.type)
    shape = tensor.array.shape
    holds_arrays = isinstance(spec.type, ArrayType) and len(shape) > 1
    if tensor.datatype == BYTES and (tensor.content_type == JSON_CONTENT or not holds_arrays):
        return [_json_value(tensor, index, text) for index, text in enumerate(_texts(tensor, _column(tensor)))]
    if holds_arrays:
        return list(_texts_kept(tensor).tolist())
    return list(_column(tensor).tolist())


def _scalars(tensor: Tensor, column_type: DataType) -> List[Any]:
    column = _column(tensor)
    if tensor.datatype != BYTES:
        return list(column.tolist())
    if column_type is DataType.BINARY:
        return [base64.b64encode(value).decode() if isinstance(value, bytes) else value for value in column]
    return _texts(tensor, column)


def _from_one(tensor: Tensor, schema: Schema) -> Any:
    """The only tensor: the only column, or a table of all of them."""
    if tensor.array.ndim and not len(tensor.array):
        raise InferError(_NO_ROWS)
    if len(schema.columns) == 1:
        spec = schema.columns[0]
        return [[value] if spec.name is None else {spec.name: value} for value in values_of(tensor, spec)]
    if tensor.array.ndim != _TABLE:
        raise InferError(
            f"input '{tensor.name}': the shape is {show_shape(tensor.array.shape)},"
            f" send (rows, {len(schema.columns)}) or one input for each of {_known(schema)}"
        )
    return _texts_kept(tensor).tolist()


def _by_position(tensors: Sequence[Tensor], schema: Schema, positions: Mapping[str, int]) -> Dict[int, List[Any]]:
    columns: Dict[int, List[Any]] = {}
    for tensor in tensors:
        position = positions.get(tensor.name)
        if position is None:
            raise InferError(f"input '{tensor.name[:80]}': is not known, the model takes {_known(schema)}")
        columns[position] = values_of(tensor, schema.columns[position])
    for position, spec in enumerate(schema.columns):
        if position not in columns and (spec.required or spec.name is None):
            raise InferError(f"input '{input_name(spec, position)}' is missing")
    lengths = sorted({len(values) for values in columns.values()})
    if lengths == [0]:
        raise InferError(_NO_ROWS)
    if len(lengths) > 1:
        raise InferError(f"the inputs have different numbers of rows: {', '.join(map(str, lengths))}")
    return columns


def _positions(schema: Schema) -> Dict[str, int]:
    return {input_name(spec, position): position for position, spec in enumerate(schema.columns)}


def _known(schema: Schema) -> str:
    names = [f"'{input_name(spec, position)}'" for position, spec in enumerate(schema.columns)]
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")  # noqa: PLR2004 - enough to see


def _column(tensor: Tensor) -> Any:
    shape = tensor.array.shape
    if len(shape) == 1 or (len(shape) == _TABLE and shape[1] == 1):
        return tensor.array.reshape(-1)
    raise InferError(f"input '{tensor.name}': the shape is {show_shape(shape)}, send (rows) or (rows, 1)")


def _json_value(tensor: Tensor, index: int, text: Any) -> Any:
    if text is None:
        return None
    try:
        return decode_json(text.encode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise InferError(f"input '{tensor.name}', row {index + 1}: {show(text)} is not JSON") from error


def _texts_kept(tensor: Tensor) -> Any:
    """The array, in which BYTES are text."""
    if tensor.datatype != BYTES:
        return tensor.array
    texts = tensor.array.copy()
    texts.reshape(-1)[:] = _texts(tensor, tensor.array.reshape(-1))
    return texts


def _texts(tensor: Tensor, values: Any) -> List[Any]:
    """Elements of BYTES as text; null stays. Raises InferError for bytes that are none."""
    return [_text(tensor, index, value) for index, value in enumerate(values)]


def _text(tensor: Tensor, index: int, value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InferError(f"input '{tensor.name}', element {index + 1}: is not UTF-8 text") from error
