"""One input tensor of a request."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

import numpy as np

from ..rows.cells import booleans, real_numbers, whole_numbers
from ..rows.errors import LayoutError, ValueMismatchError, show
from ..rows.nesting import counted, flatten, place_of
from .binary import Attachment, array_of_bytes, object_array
from .datatypes import BYTES, DATATYPES, NUMPY_NAMES
from .errors import InferError

#: What every version of numpy can have.
_MOST_DIMENSIONS = 32
_LONGEST_SIDE = 2**63 - 1
_NAME_SHOWN = 80

_CONVERTERS: Mapping[str, Callable[[List[Any], Any], Any]] = {"b": booleans, "f": real_numbers}


@dataclass(frozen=True)
class Tensor:
    """`array` has the tensor's shape and the numpy type of its datatype.

    The array of BYTES is one of objects: text from JSON (None for null), bytes from a binary body.
    """

    name: str
    datatype: str
    array: Any
    #: What MLServer's clients call the content of the values, `pd_json` for example.
    content_type: Optional[str] = None


def read_tensor(fields: Any, number: int, attachment: Attachment) -> Tensor:
    """A member of `inputs`; `number` counts them from 1. Raises InferError naming the input and the place in it."""
    name = fields.get("name") if isinstance(fields, dict) else None
    if not isinstance(name, str):
        raise InferError(f"input {number}: has no name")
    try:
        return _read(name, fields, attachment)
    except (InferError, LayoutError) as error:
        raise InferError(f"input '{name[:_NAME_SHOWN]}': {error}") from error


def _read(name: str, fields: Dict[str, Any], attachment: Attachment) -> Tensor:
    datatype = fields.get("datatype")
    if datatype not in DATATYPES:
        raise InferError(f"the datatype is {show(datatype)}, use one of {', '.join(DATATYPES)}")
    shape = _shape(fields.get("shape"))
    parameters = parameters_of(fields)
    if fields.get("data") is not None:
        flat = _from_json(fields["data"], datatype, shape)
    elif "binary_data_size" in parameters:
        flat = array_of_bytes(attachment.take(parameters["binary_data_size"]), datatype, prod(shape))
    else:
        raise InferError("has no data")
    content_type = parameters.get("content_type")
    try:
        array = flat.reshape(shape)
    except ValueError as error:
        raise InferError(f"the shape {show_shape(shape)} is too large") from error
    return Tensor(name, datatype, array, content_type if isinstance(content_type, str) else None)


def parameters_of(fields: Mapping[str, Any]) -> Dict[str, Any]:
    """The `parameters` of a request, an input or an output. Raises InferError when they are not an object."""
    parameters = fields.get("parameters")
    if parameters is None:
        return {}
    if isinstance(parameters, dict):
        return parameters
    raise InferError(f"parameters is {show(parameters)}, not an object")


def show_shape(shape: Tuple[int, ...]) -> str:
    """`(2, 3)`; any length is `any`."""
    return "(" + ", ".join("any" if size == -1 else str(size) for size in shape) + ")"


def _shape(value: Any) -> Tuple[int, ...]:
    if not isinstance(value, list):
        raise InferError(f"the shape is {show(value)}, not a list of numbers")
    if len(value) > _MOST_DIMENSIONS:
        raise InferError(f"the shape has {len(value)} dimensions, {_MOST_DIMENSIONS} are possible")
    for size in value:
        if type(size) is not int or not 0 <= size <= _LONGEST_SIDE:
            raise InferError(f"the shape has {show(size)}, which is no length")
    return tuple(value)


def _from_json(data: Any, datatype: str, shape: Tuple[int, ...]) -> Any:
    """Nested or flat values as a flat array."""
    if not isinstance(data, list):
        raise InferError(f"data is {show(data)}, not a list")
    found, leaves = flatten(data)
    if len(leaves) != prod(shape):
        raise InferError(f"has {counted(len(leaves))}, its shape {show_shape(shape)} takes {prod(shape)}")
    if len(found) > 1 and found != shape:
        raise InferError(f"the data has the shape {show_shape(found)}, not {show_shape(shape)}")
    try:
        return _convert(leaves, datatype)
    except ValueMismatchError as error:
        raise InferError(f"{place_of(error.index, shape)}: {error.reason}") from error


def _convert(leaves: List[Any], datatype: str) -> Any:
    if datatype == BYTES:
        for index, leaf in enumerate(leaves):
            if leaf is not None and not isinstance(leaf, str):
                raise ValueMismatchError(index, f"{show(leaf)} is not text")
        return object_array(leaves)
    dtype = np.dtype(NUMPY_NAMES[datatype])
    return _CONVERTERS.get(dtype.kind, whole_numbers)(leaves, dtype)
