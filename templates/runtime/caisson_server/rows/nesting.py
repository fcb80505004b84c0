"""Nested JSON lists: their shape, their values, and where a value stands."""

from __future__ import annotations

from itertools import chain
from typing import Any, List, Tuple

from .errors import LayoutError, show

Shape = Tuple[int, ...]


def flatten(nested: Any) -> Tuple[Shape, List[Any]]:
    """The shape of nested lists and their values in C order.

    Raises LayoutError when they are not one rectangular array.
    """
    sizes: List[int] = []
    level = [nested]
    while level and isinstance(level[0], list):
        width = len(level[0])
        if {*map(type, level)} != {list} or {*map(len, level)} != {width}:
            for index, node in enumerate(level):
                _check_length(node, width, index, tuple(sizes))
        sizes.append(width)
        level = list(chain.from_iterable(level))
    shape = tuple(sizes)
    if list in map(type, level):
        index = next(index for index, leaf in enumerate(level) if type(leaf) is list)
        raise LayoutError(f"{place_of(index, shape)}: a list stands where values do")
    return shape, level


def place_of(index: int, shape: Shape) -> str:
    """Where the value with this index in C order stands, counted from 1."""
    position: List[int] = []
    for size in reversed(shape):
        index, rest = divmod(index, size)
        position.insert(0, rest + 1)
    if len(position) <= 1:
        return f"row {position[0] if position else 1}"
    if len(position) == 2:  # noqa: PLR2004 - a table
        return f"row {position[0]}, column {position[1]}"
    return f"row {position[0]}, position {position[1:]}"


def counted(number: int) -> str:
    """`1 value`, `3 values`."""
    return f"{number} value" + ("" if number == 1 else "s")


def _check_length(node: Any, width: int, index: int, shape: Shape) -> None:
    if not isinstance(node, list):
        raise LayoutError(f"{place_of(index, shape)}: {show(node)} stands where lists do")
    if len(node) != width:
        found = counted(len(node))
        raise LayoutError(f"{place_of(index, shape)}: has {found}, those before it have {width}")
