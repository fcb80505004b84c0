"""Positional rows of plain numbers, without pandas and without a look at each value."""

from __future__ import annotations

from typing import Any, Optional

from ..model.port import PlainRows
from ..protocol.plain_columns import PlainColumns


def positional_rows(inputs: Any, columns: PlainColumns) -> Optional[PlainRows]:
    """The rows of a list of lists, or of one row that stands alone.

    None for everything else, good or bad: the way over DataFrames takes it, or says what is wrong where.
    """
    if type(inputs) is not list or not inputs:
        return None
    if type(inputs[0]) is list:
        return columns.of_rows(inputs)
    # In a model of one column, bare values are that column's.
    return columns.of_rows([inputs]) if columns.width > 1 else None
