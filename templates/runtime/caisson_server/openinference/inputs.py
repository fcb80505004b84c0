"""Input tensors to what the model takes, by its signature."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

import numpy as np

from ..model.port import Model
from ..rows.arrays import array_of
from ..rows.data import RowsReader
from ..rows.errors import LayoutError
from ..signature.types import ColumnSpec, DataType, Schema, Signature, TensorSpec
from .columns import rows_of, values_of
from .datatypes import BYTES, FRAME_CONTENT
from .errors import InferError
from .metadata import input_name
from .request import InferRequest
from .tensor import Tensor, show_shape

_TABLE = 2
#: Whatever the rows hold, it is taken as text.
_ANY_TEXT = ColumnSpec(DataType.STRING, None, required=True)


class InputsReader:
    """Reads the inputs of requests for one model."""

    def __init__(self, model: Model) -> None:
        self._signature = model.signature
        self._rows = RowsReader(model)

    def read(self, request: InferRequest) -> Any:
        """What Model.enforce takes. Raises InferError, and InputsError for values that do not fit their column."""
        if self._signature.from_type_hint:
            return _hinted(request.inputs, self._signature)
        schema = self._signature.inputs
        if schema is not None and schema.columns:
            return self._rows.read(rows_of(request.inputs, schema))
        if request.parameters.get("content_type") == FRAME_CONTENT:
            return _frame(request.inputs)
        return _unsigned(request.inputs) if schema is None else _arrays(request.inputs, schema)


def _arrays(tensors: Sequence[Tensor], schema: Schema) -> Any:
    """The array of a tensor without a name, or a dictionary of arrays by name."""
    if len(schema.tensors) == 1 == len(tensors):
        array = _fitted(tensors[0], schema.tensors[0])
        return {schema.tensors[0].name: array} if schema.has_names else array
    given = {tensor.name: tensor for tensor in tensors}
    names = [input_name(spec, index) for index, spec in enumerate(schema.tensors)]
    for name in given:
        if name not in names:
            known = ", ".join(f"'{known}'" for known in names)
            raise InferError(f"input '{name[:80]}': is not known, the model takes {known}")
    arrays: Dict[Any, Any] = {}
    for name, spec in zip(names, schema.tensors):
        if name not in given:
            raise InferError(f"input '{name}' is missing")
        arrays[spec.name] = _fitted(given[name], spec)
    return arrays


def _fitted(tensor: Tensor, spec: TensorSpec) -> Any:
    """The tensor as the spec's type, of the spec's shape."""
    dtype = np.dtype(spec.dtype)
    array = tensor.array
    if len(array.shape) != len(spec.shape) or any(-1 != size != given for size, given in zip(spec.shape, array.shape)):
        raise InferError(
            f"input '{tensor.name}': the shape is {show_shape(array.shape)}, the model takes {show_shape(spec.shape)}"
        )
    if dtype.kind == "O":
        return array.astype(object)
    if tensor.datatype != BYTES and np.can_cast(array.dtype, dtype, "safe") and dtype.kind in "biufc":
        return array.astype(dtype, copy=False)
    nested = _nested_values(tensor, dtype)
    try:
        return array_of(nested, spec)
    except LayoutError as error:
        raise InferError(f"input '{tensor.name}', {error}") from error


def _nested_values(tensor: Tensor, dtype: Any) -> Any:
    """As nested lists; text unless the model takes bytes."""
    if tensor.datatype != BYTES or dtype.kind == "S":
        return tensor.array.tolist()
    flat = values_of(Tensor(tensor.name, BYTES, tensor.array.reshape(-1)), _ANY_TEXT)
    return np.array(flat, dtype=object).reshape(tensor.array.shape).tolist()


def _unsigned(tensors: Sequence[Tensor]) -> Any:
    """As rows/unsigned.py has it: one input is an array, several are a table or a dictionary of arrays."""
    if len(tensors) == 1:
        return _plain(tensors[0])
    if all(_is_column(tensor) for tensor in tensors) and len({len(tensor.array) for tensor in tensors}) == 1:
        return _frame(tensors)
    return {tensor.name: _plain(tensor) for tensor in tensors}


def _frame(tensors: Sequence[Tensor]) -> Any:
    import pandas as pd  # noqa: PLC0415 - heavy, and unused by most models

    for tensor in tensors:
        if not _is_column(tensor):
            shape = show_shape(tensor.array.shape)
            raise InferError(f"input '{tensor.name}': the shape is {shape}, send (rows) or (rows, 1)")
    lengths = sorted({len(tensor.array) for tensor in tensors})
    if len(lengths) > 1:
        raise InferError(f"the inputs have different numbers of rows: {', '.join(map(str, lengths))}")
    return pd.DataFrame({tensor.name: _plain(tensor).reshape(-1) for tensor in tensors})


def _is_column(tensor: Tensor) -> bool:
    shape = tensor.array.shape
    return len(shape) == 1 or (len(shape) == _TABLE and shape[1] == 1)


def _plain(tensor: Tensor) -> Any:
    """The array; BYTES as an array of text where all of them are, else of bytes."""
    if tensor.datatype != BYTES:
        return tensor.array
    try:
        texts = [value.decode("utf-8") if isinstance(value, bytes) else value for value in tensor.array.reshape(-1)]
    except UnicodeDecodeError:
        return tensor.array
    if not texts or None in texts:
        return tensor.array
    return np.array(texts).reshape(tensor.array.shape)


def _hinted(tensors: Sequence[Tensor], signature: Signature) -> List[Any]:
    """What a model with a type hint takes: a list with a value for each row, which it checks itself."""
    columns = () if signature.inputs is None else signature.inputs.columns
    if len(tensors) == 1:
        return values_of(tensors[0], columns[0]) if len(columns) == 1 else list(_plain(tensors[0]).tolist())
    rows = zip(*(_plain(tensor).tolist() for tensor in tensors))
    names = [tensor.name for tensor in tensors]
    return [dict(zip(names, row)) for row in rows]
