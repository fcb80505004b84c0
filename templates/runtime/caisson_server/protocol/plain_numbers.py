"""Numbers of JSON to an array of a column's type, where every way of MLflow's to cast them ends at the same bits."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional, Sequence

import numpy as np

from ..signature.types import DataType

_REAL = frozenset((int, float))
#: Doubles hold integers up to here, so that it does not matter whether they become singles by way of doubles.
_EXACT = float(2**53)
_LARGEST_SINGLE = float(np.finfo(np.float32).max)
_INTEGER = np.iinfo(np.int32)


def plain_numbers(values: Sequence[Any], data_type: DataType) -> Optional[Any]:
    """The values as an array of the type; None for whatever has to be looked at more closely.

    That is everything but Python's own integers and floats, and numbers that the type cannot hold. A column of whole
    numbers takes no floats.
    """
    try:
        return _CONVERTERS[data_type](values)
    except OverflowError:
        return None


def _doubles(values: Sequence[Any]) -> Optional[Any]:
    if not _REAL.issuperset(map(type, values)):
        return None
    return np.fromiter(values, np.float64, len(values))


def _singles(values: Sequence[Any]) -> Optional[Any]:
    doubles = _doubles(values)
    if doubles is None:
        return None
    limit = _EXACT if int in map(type, values) else _LARGEST_SINGLE
    # Not the other way round: NaN is to be looked at more closely, too.
    return doubles.astype(np.float32) if np.abs(doubles).max() <= limit else None


def _longs(values: Sequence[Any]) -> Optional[Any]:
    if {*map(type, values)} != {int}:
        return None
    return np.fromiter(values, np.int64, len(values))


def _integers(values: Sequence[Any]) -> Optional[Any]:
    longs = _longs(values)
    if longs is None or longs.min() < _INTEGER.min or longs.max() > _INTEGER.max:
        return None
    return longs.astype(np.int32)


_CONVERTERS: Mapping[DataType, Callable[[Sequence[Any]], Optional[Any]]] = {
    DataType.DOUBLE: _doubles,
    DataType.FLOAT: _singles,
    DataType.LONG: _longs,
    DataType.INTEGER: _integers,
}
