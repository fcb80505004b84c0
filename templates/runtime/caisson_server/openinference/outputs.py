"""Whatever a model returns, as output tensors."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any, List, Optional, Tuple

import numpy as np

from ..encoding import to_json
from ..rows.errors import LayoutError
from ..rows.nesting import flatten
from ..signature.types import Schema
from .binary import object_array
from .datatypes import BASE64_CONTENT, BYTES, JSON_CONTENT, datatype_of_numpy
from .metadata import output_name

_TABLE = 2
_INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True)
class OutputTensor:
    """`array` has the tensor's shape. That of BYTES is one of objects: text, bytes, or None for a gap."""

    name: str
    datatype: str
    array: Any
    #: What the elements of BYTES are, in MLServer's words; None for text.
    content_type: Optional[str] = None


def tensors_of(predictions: Any, schema: Optional[Schema]) -> List[OutputTensor]:
    """Columns of a DataFrame and values of a dictionary become one tensor each, all else is one.

    `schema` is that of the signature's outputs, for the names. Raises TypeError for what JSON cannot say either.
    """
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(predictions, pandas.DataFrame):
        return [_from_array(str(name), column.to_numpy()) for name, column in predictions.items()]
    if pandas is not None and isinstance(predictions, pandas.Series):
        given = predictions.name
        return [_from_array(output_name(schema, 0) if given is None else str(given), predictions.to_numpy())]
    if isinstance(predictions, dict) and predictions:
        return [_tensor(str(name), value) for name, value in predictions.items()]
    columns = _columns_of(predictions, schema)
    if columns:
        return [_from_array(output_name(schema, index), column) for index, column in enumerate(columns)]
    return [_tensor(output_name(schema, 0), predictions)]


def _columns_of(predictions: Any, schema: Optional[Schema]) -> List[Any]:
    """The columns of a table, where the signature says that it is made of several outputs."""
    if schema is None or len(schema.inputs) == 1 or not isinstance(predictions, np.ndarray):
        return []
    is_table = predictions.ndim == _TABLE and predictions.shape[1] == len(schema.inputs)
    return list(predictions.T) if is_table else []


def _tensor(name: str, value: Any) -> OutputTensor:
    if hasattr(value, "toarray"):
        value = value.toarray()
    return _from_array(name, value) if isinstance(value, np.ndarray) else _from_values(name, value)


def _from_array(name: str, array: Any) -> OutputTensor:
    array = np.asarray(array)
    if array.ndim == 0:
        array = array.reshape(1)
    kind = array.dtype.kind
    if kind in "biu" or (kind == "f" and array.dtype.itemsize <= np.dtype("float64").itemsize):
        return OutputTensor(name, datatype_of_numpy(array.dtype.name), array)
    if kind == "f":
        return OutputTensor(name, "FP64", array.astype("float64"))
    if kind == "U":
        return OutputTensor(name, BYTES, array.astype(object))
    if kind == "S":
        return OutputTensor(name, BYTES, array.astype(object), BASE64_CONTENT)
    if kind == "M":
        return OutputTensor(name, BYTES, _dates(array))
    return _from_leaves(name, json.loads(to_json(array.reshape(-1).tolist())), array.shape)


def _dates(array: Any) -> Any:
    texts = np.datetime_as_string(array).astype(object)
    texts[np.isnat(array)] = None
    return texts


def _from_values(name: str, value: Any) -> OutputTensor:
    """Lists, scalars and everything else, by what `/predict` would write."""
    plain = json.loads(to_json(value))
    if not isinstance(plain, list):
        return _from_leaves(name, [plain], (1,))
    try:
        shape, leaves = flatten(plain)
    except LayoutError:
        return _from_leaves(name, plain, (len(plain),))
    return _from_leaves(name, leaves, shape)


def _from_leaves(name: str, leaves: List[Any], shape: Tuple[int, ...]) -> OutputTensor:
    """Values of JSON: numbers where all are numbers, text where all are text, else the JSON text of each."""
    kinds = {type(leaf) for leaf in leaves}
    if kinds == {bool}:
        return OutputTensor(name, "BOOL", np.array(leaves, dtype=bool).reshape(shape))
    if kinds == {int} and all(leaf in _INT64 for leaf in leaves):
        return OutputTensor(name, "INT64", np.array(leaves, dtype="int64").reshape(shape))
    if kinds <= {int, float, type(None)} and kinds != {type(None)}:
        return OutputTensor(name, "FP64", np.array(leaves, dtype="float64").reshape(shape))
    if kinds <= {str, type(None)}:
        return OutputTensor(name, BYTES, object_array(leaves).reshape(shape))
    texts = [json.dumps(leaf, ensure_ascii=False) for leaf in leaves]
    return OutputTensor(name, BYTES, object_array(texts).reshape(shape), JSON_CONTENT)
