"""A column of a DataFrame to a tensor: of scalars, of lists or of arrays."""

from __future__ import annotations

from typing import Any, Optional

import numpy as np

from ..protocol.errors import MismatchError
from ..signature.types import TensorSpec
from .tensor import enforce_tensor


def tensor_of_column(name: Optional[str], column: Any, spec: TensorSpec) -> Any:
    """The column as an array of the spec's shape; lists also take its type. `name` is None for the only input.

    Raises MismatchError; KeyError where the column has no row 0, as MLflow does.
    """
    if spec.shape[0] != -1 or -1 in spec.shape[1:]:
        title = f"input {name}" if name else "the unnamed input"
        raise MismatchError(
            "For pandas dataframe input, the first dimension of shape must be a variable "
            "dimension and other dimensions must be fixed, but in model signature the shape "
            f"of {title} is {spec.shape}."
        )
    first = column[0]
    if np.isscalar(first):
        return _of_scalars(name, column, spec)
    if isinstance(first, list) and np.isscalar(first[0]):
        return _of_lists(name, column, spec)
    if isinstance(first, np.ndarray):
        return _of_arrays(name, column, spec)
    raise MismatchError(
        "Because the model signature requires tensor spec input, the input "
        "pandas dataframe values should be either scalar value, python list "
        "containing scalar values or numpy array containing scalar values, "
        "other types are not supported."
    )


def _of_scalars(name: Optional[str], column: Any, spec: TensorSpec) -> Any:
    if spec.shape in ((-1,), (-1, 1)):
        return enforce_tensor(np.array(column, dtype=np.dtype(spec.dtype)).reshape(spec.shape), spec)
    raise MismatchError(
        f"The input pandas dataframe column '{name}' contains scalar "
        "values, which requires the shape to be (-1,) or (-1, 1), but got tensor spec "
        f"shape of {spec.shape}."
    )


def _of_lists(name: Optional[str], column: Any, spec: TensorSpec) -> Any:
    dtype = np.dtype(spec.dtype)
    refusal = (
        f"The value in the Input DataFrame column '{name}' could not be converted to the "
        f"expected shape of: '{spec.shape}'. Ensure that each of the input list "
        "elements are of uniform length and that the data can be coerced to the tensor "
        f"type '{dtype}'"
    )
    try:
        tensor = np.vstack(column.tolist()).reshape(spec.shape).astype(dtype)
    except ValueError:
        raise MismatchError(refusal) from None
    if len(tensor) != len(column):
        raise MismatchError(refusal)
    return tensor


def _of_arrays(name: Optional[str], column: Any, spec: TensorSpec) -> Any:
    refusal = (
        f"The value in the Input DataFrame column '{name}' could not be converted to the "
        f"expected shape of: '{spec.shape}'. Ensure that each of the input numpy "
        "array elements are of uniform length and can be reshaped to above expected shape."
    )
    try:
        # The type stays: arrays say exactly what they are.
        tensor = np.vstack(column.tolist()).reshape(spec.shape)
    except ValueError:
        raise MismatchError(refusal) from None
    if len(tensor) != len(column):
        raise MismatchError(refusal)
    return tensor
