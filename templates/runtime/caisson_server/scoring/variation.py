"""Values that differ from row to row, and are the same at every start."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

#: Multiples of it, without their whole parts, lie evenly between 0 and 1.
_GOLDEN = 0.6180339887498949
_SCALES = (1.0, 10.0, 0.1, 100.0, 1000.0)
_SOME_NEGATIVE = 7
_STEPS = 4


def made_number(row: int, position: int) -> float:
    """A number of any size with as many digits as doubles have, seldom a negative one."""
    sign = -1 if (row + position) % _SOME_NEGATIVE == _SOME_NEGATIVE - 1 else 1
    return sign * _SCALES[(row + position) % len(_SCALES)] * _fraction(row, position)


def made_integer(row: int, position: int) -> int:
    """A small whole number."""
    return int(_fraction(row, position) * 10 ** (1 + (row + position) % 3))


def varied(rows: Sequence[Any], number: int) -> Any:
    """One row made of the given ones: first these as they are, then mixtures of them with other numbers."""
    turns, index = divmod(number, len(rows))
    if turns == 0:
        return rows[index]
    return _mixed([rows[(index + turns * step) % len(rows)] for step in range(len(rows))], number)


def _mixed(rows: List[Any], number: int) -> Any:
    """The members of a row, each from another of the rows."""
    first = rows[0]
    if isinstance(first, dict):
        mixed: Dict[str, Any] = {}
        for position, name in enumerate(first):
            mixed[name] = _changed(_member(rows, position, name), number, position)
        return mixed
    if isinstance(first, list):
        return [_changed(_member(rows, position, position), number, position) for position in range(len(first))]
    return _changed(first, number, 0)


def _member(rows: Sequence[Any], position: int, key: Any) -> Any:
    row = rows[position % len(rows)]
    try:
        return row[key]
    except (LookupError, TypeError):
        return rows[0][key]


def _changed(value: Any, number: int, position: int) -> Any:
    """Another number of the same kind; everything but numbers stays."""
    if isinstance(value, list):
        return [_changed(item, number, position + index) for index, item in enumerate(value)]
    if type(value) is float:
        fraction = _fraction(number, position)
        return value * (0.5 + fraction) if value else fraction - 0.5
    if type(value) is int:
        return value + (number * (position + 1)) % _STEPS
    return value


def _fraction(row: int, position: int) -> float:
    return (row + 1) * (position + 1) * _GOLDEN % 1
