"""The binary tensor data extension: tensors as bytes behind the JSON of a body.

Row major, little-endian, without gaps; BOOL is one byte; each element of BYTES has its length before it, in 4 bytes.
"""

from __future__ import annotations

import struct
from typing import Any, Iterable, List, Tuple, Union

import numpy as np

from ..scoring.port import Call
from .datatypes import BYTES, NUMPY_NAMES
from .errors import InferError

#: The length of the JSON, by its name in lower case.
HEADER = b"inference-header-content-length"
CONTENT_TYPE = "application/octet-stream"

_LENGTH = struct.Struct("<I")
_LONGEST_NUMBER = 18


def split_body(call: Call) -> Tuple[bytes, bytes]:
    """The JSON of a body, and the bytes behind it. Raises InferError for a header that cannot be true."""
    given = call.headers.get(HEADER)
    if given is None:
        return call.body, b""
    text = given.strip()
    if not text.isdigit() or len(text) > _LONGEST_NUMBER or int(text) > len(call.body):
        shown = given[:40].decode("latin-1")
        raise InferError(f"Inference-Header-Content-Length is '{shown}', the body has {len(call.body)} bytes")
    length = int(text)
    return call.body[:length], call.body[length:]


class Attachment:
    """The bytes behind the JSON, of which each tensor takes its own in turn."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def take(self, size: Any) -> bytes:
        """The next `size` bytes. Raises InferError when they are not there."""
        if type(size) is not int or size < 0:
            raise InferError(f"binary_data_size is {size!r:.40}, not a number of bytes")
        left = len(self._data) - self._position
        if size > left:
            raise InferError(f"binary_data_size is {size}, the body has {left} bytes left behind the JSON")
        begin, self._position = self._position, self._position + size
        return self._data[begin : self._position]

    def check_end(self) -> None:
        """Raise InferError when bytes are left that no tensor took."""
        left = len(self._data) - self._position
        if left:
            raise InferError(f"the body has {left} bytes behind the JSON that no input has in its binary_data_size")


def array_of_bytes(raw: bytes, datatype: str, count: int) -> Any:
    """A flat array of `count` elements; those of BYTES are bytes. Raises InferError when the size is another."""
    if datatype == BYTES:
        return object_array(_elements(raw, count))
    stored = np.dtype("uint8") if datatype == "BOOL" else np.dtype(NUMPY_NAMES[datatype]).newbyteorder("<")
    if len(raw) != count * stored.itemsize:
        raise InferError(f"has {len(raw)} bytes, {count} of {datatype} are {count * stored.itemsize}")
    array = np.frombuffer(raw, stored)
    if datatype == "BOOL" and count and int(array.max()) > 1:
        raise InferError("has a byte that is neither 0 nor 1")
    # A copy, because a model may write into its input.
    return array.astype(NUMPY_NAMES[datatype])


def bytes_of_array(array: Any) -> bytes:
    """A numeric array as the extension has it."""
    return bytes(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())


def bytes_of_elements(elements: Iterable[Union[str, bytes, None]]) -> bytes:
    """Elements of BYTES, each behind its length; None has none."""
    parts: List[bytes] = []
    for element in elements:
        raw = element.encode("utf-8", "surrogatepass") if isinstance(element, str) else element or b""
        parts += (_LENGTH.pack(len(raw)), raw)
    return b"".join(parts)


def object_array(values: List[Any]) -> Any:
    """A flat array of any objects: numpy must not look into them."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _elements(raw: bytes, count: int) -> List[bytes]:
    elements: List[bytes] = []
    position = 0
    while position < len(raw):
        begin = position + _LENGTH.size
        if begin > len(raw):
            raise InferError("ends within the length of an element")
        position = begin + _LENGTH.unpack_from(raw, position)[0]
        if position > len(raw):
            raise InferError(f"ends within element {len(elements) + 1}")
        elements.append(raw[begin:position])
    if len(elements) != count:
        raise InferError(f"has {len(elements)} elements, its shape takes {count}")
    return elements
