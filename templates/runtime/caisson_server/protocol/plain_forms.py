"""The usual JSON bodies of a model that takes plain rows, without pandas.

What is unusual in any way (missing values, text, more columns than the signature's or in another order, an index) is
left to the way over DataFrames, which knows MLflow's casts and words. Both ways give the same bits.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Optional

from ..model.port import PlainRows
from ..signature.types import DataType
from .plain_columns import PlainColumns

#: What pandas makes of numpy's scalars: single floats and short integers become wider ones, which then do not fit.
_KEPT_AS_SCALARS = frozenset((DataType.DOUBLE, DataType.LONG))


def plain_rows(form: str, value: Any, columns: PlainColumns) -> Optional[PlainRows]:
    """The rows of one of the four forms; None where the way over DataFrames has to be taken."""
    return _READERS[form](value, columns)


def _split(value: Any, columns: PlainColumns) -> Optional[PlainRows]:
    if type(value) is not dict or len(value) != (1 if columns.names is None else 2):
        return None
    rows: Any = value.get("data")
    if value.get("columns") != columns.names or not _is_list(rows):
        return None
    return columns.of_rows(rows)


def _records(value: Any, columns: PlainColumns) -> Optional[PlainRows]:
    names = columns.names
    if names is None or not _is_list(value):
        return None
    if {*map(type, value)} != {dict} or {*map(len, value)} != {columns.width}:
        return None
    try:
        values = [record[name] for record in value for name in names]
    except KeyError:
        return None
    return columns.of_values(values, len(value))


def _inputs(value: Any, columns: PlainColumns) -> Optional[PlainRows]:
    if columns.names is None:
        return _unnamed_rows(value, columns)
    if type(value) is dict:
        return _by_name(value, columns)
    return _records(value, columns) if columns.types <= _KEPT_AS_SCALARS else None


def _instances(value: Any, columns: PlainColumns) -> Optional[PlainRows]:
    if columns.names is None:
        return _unnamed_rows(value, columns)
    return _by_name(value, columns) if type(value) is dict else _records(value, columns)


def _unnamed_rows(value: Any, columns: PlainColumns) -> Optional[PlainRows]:
    """MLflow casts all columns to the type of the first."""
    if len(columns.types) > 1 or not _is_list(value):
        return None
    return columns.of_rows(value)


def _by_name(value: Dict[str, Any], columns: PlainColumns) -> Optional[PlainRows]:
    if len(value) != columns.width:
        return None
    lists: List[Any] = [value.get(name) for name in columns.names or ()]
    if {*map(type, lists)} != {list} or len({*map(len, lists)}) != 1 or not lists[0]:
        return None
    return columns.of_columns(lists)


def _is_list(value: Any) -> bool:
    """Whether the value is a list that is not empty."""
    return type(value) is list and len(value) > 0


_READERS: Mapping[str, Callable[[Any, PlainColumns], Optional[PlainRows]]] = {
    "dataframe_split": _split,
    "dataframe_records": _records,
    "inputs": _inputs,
    "instances": _instances,
}
