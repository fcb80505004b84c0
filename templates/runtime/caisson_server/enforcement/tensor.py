"""One array against one tensor of the signature."""

from __future__ import annotations

from typing import Any, Tuple

import numpy as np

from ..protocol.errors import MismatchError
from ..signature.types import TensorSpec

_OBJECT = np.dtype("O")


def enforce_tensor(values: Any, spec: TensorSpec) -> Any:
    """Return the array as it is. Raises MismatchError when its shape or type is not the spec's."""
    dtype = np.dtype(spec.dtype)
    if _may_be_ragged(values, spec.shape, dtype):
        return values
    if not _has_shape(values.shape, spec.shape):
        raise MismatchError(f"Shape of input {values.shape} does not match expected shape {spec.shape}.")
    if _without_length(values.dtype) != dtype:
        raise MismatchError(f"dtype of input {values.dtype} does not match expected dtype {dtype}")
    return values


def _may_be_ragged(values: Any, shape: Tuple[int, ...], dtype: Any) -> bool:
    """Whether the spec lets arrays of different lengths lie in an array of objects."""
    if shape == (-1,) and dtype == _OBJECT:
        return True
    return len(shape) > 1 and -1 in shape[1:] and values.ndim == 1 and values.dtype == _OBJECT


def _has_shape(actual: Tuple[int, ...], expected: Tuple[int, ...]) -> bool:
    if len(actual) != len(expected):
        return False
    return all(wanted in (-1, length) for length, wanted in zip(actual, expected))


def _without_length(dtype: Any) -> Any:
    """Text and bytes of any length are one type."""
    if dtype.char == "U":
        return np.dtype("str")
    return np.dtype("bytes") if dtype.char == "S" else dtype
