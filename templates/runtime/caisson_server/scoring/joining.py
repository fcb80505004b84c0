"""Which requests can be predicted as one, and how their data are put together.

Only what keeps every bit of every row: rows and arrays of one type, frames of the same columns. Whatever is unusual
(no rows, objects, an index of its own) is predicted alone.
"""

from __future__ import annotations

import sys
from typing import Any, Hashable, Mapping, Optional, Sequence, Tuple

import numpy as np

from ..model.port import Enforced, PlainRows

#: Types whose arrays say everything: no objects, which could be of any type.
_PLAIN_KINDS = "biufUSmM"


def kind_of(enforced: Enforced) -> Optional[Hashable]:
    """What must be equal for two requests to be put together; None for one that has to stay alone."""
    kind = _data_kind(enforced.data)
    return None if kind is None else (kind, _params_kind(enforced.params))


def count_rows(data: Any) -> int:
    """The number of rows; 1 for what is nothing of rows."""
    if isinstance(data, PlainRows):
        return len(data.array)
    if isinstance(data, dict):
        first = next(iter(data.values()), None)
        return len(first) if isinstance(first, np.ndarray) and first.ndim else 1
    if getattr(data, "ndim", 0):
        return int(data.shape[0])
    return len(data) if isinstance(data, list) else 1


def join(parts: Sequence[Any]) -> Any:
    """Data of one kind, one after the other."""
    first = parts[0]
    if isinstance(first, PlainRows):
        return PlainRows(_join_rows([part.array for part in parts]))
    if isinstance(first, np.ndarray):
        return np.concatenate(parts)
    if isinstance(first, dict):
        return {name: np.concatenate([part[name] for part in parts]) for name in first}
    return sys.modules["pandas"].concat(parts, ignore_index=True)


def _join_rows(arrays: Sequence[Any]) -> Any:
    """In Fortran's order, as PlainRows are."""
    width = arrays[0].shape[1]
    joined = np.empty((width, sum(map(len, arrays))), arrays[0].dtype).T
    return np.concatenate(arrays, out=joined)


def _data_kind(data: Any) -> Optional[Hashable]:
    if isinstance(data, PlainRows):
        return PlainRows if len(data.array) else None
    if type(data) is np.ndarray:
        return _array_kind(data)
    if type(data) is dict:
        return _mapping_kind(data)
    pandas = sys.modules.get("pandas")
    if pandas is not None and type(data) is pandas.DataFrame:
        return _frame_kind(data, pandas)
    return None


def _array_kind(array: Any) -> Optional[Hashable]:
    if array.ndim == 0 or not len(array) or array.dtype.kind not in _PLAIN_KINDS or not array.flags.c_contiguous:
        return None
    return (array.dtype, array.shape[1:])


def _mapping_kind(arrays: Mapping[Any, Any]) -> Optional[Hashable]:
    kinds = [_array_kind(array) if type(array) is np.ndarray else None for array in arrays.values()]
    if not kinds or None in kinds or len({len(array) for array in arrays.values()}) > 1:
        return None
    return tuple(zip(arrays, kinds))


def _frame_kind(frame: Any, pandas: Any) -> Optional[Hashable]:
    index = frame.index
    has_own_index = (
        type(index) is not pandas.RangeIndex or index.start != 0 or index.step != 1 or index.name is not None
    )
    if has_own_index or not len(frame) or not len(frame.columns) or not frame.columns.is_unique:
        return None
    dtypes: Tuple[Any, ...] = tuple(frame.dtypes)
    if any(dtype.kind == "O" and not _holds_texts(frame[name]) for name, dtype in zip(frame.columns, dtypes)):
        return None
    # By `repr`, because 1, 1.0 and True are equal and yet different names.
    return (tuple(map(repr, frame.columns)), str(frame.columns.dtype), dtypes)


def _holds_texts(column: Any) -> bool:
    return all(type(value) is str for value in column)


def _params_kind(params: Any) -> Hashable:
    """Parameters are plain values of JSON, of which `repr` says type and value."""
    if params is None:
        return None
    return repr(sorted(params.items())) if isinstance(params, dict) else repr(params)
