"""Rows and columns of JSON numbers straight to the array that the DataFrame of the signature would hold."""

from __future__ import annotations

from itertools import chain
from typing import Any, List, Optional, Sequence, Tuple

import numpy as np

from ..model.port import PlainRows
from ..signature.dtypes import NUMPY
from ..signature.plain import has_plain_types
from ..signature.types import DataType, Signature
from .plain_numbers import plain_numbers


class PlainColumns:
    """The columns of a signature of required numbers. `names` is None when they have none.

    All methods give None for rows that pandas has to make sense of, or refuse.
    """

    def __init__(self, names: Optional[List[str]], types: Tuple[DataType, ...]) -> None:
        self.names = names
        self.types = frozenset(types)
        self.width = len(types)
        self._types = types
        self._dtype = np.result_type(*(NUMPY[one] for one in types))

    def of_rows(self, rows: List[Any]) -> Optional[PlainRows]:
        """From lists, one for each row, of as many values as there are columns."""
        if len(rows) == 1:
            row = rows[0]
            return self.of_values(row, 1) if type(row) is list and len(row) == self.width else None
        if {*map(type, rows)} != {list} or {*map(len, rows)} != {self.width}:
            return None
        return self.of_values(list(chain.from_iterable(rows)), len(rows))

    def of_values(self, values: List[Any], rows: int) -> Optional[PlainRows]:
        """From the values of one row after the other."""
        if len(self.types) > 1:
            return self.of_columns([values[position :: self.width] for position in range(self.width)])
        array = plain_numbers(values, self._types[0])
        if array is None:
            return None
        if rows == 1:
            return PlainRows(array.reshape(self.width, 1).T)
        return PlainRows(array.reshape(rows, self.width).T.copy().T)

    def of_columns(self, columns: Sequence[List[Any]]) -> Optional[PlainRows]:
        """From equally long lists, one for each column, in the order of the signature."""
        table = np.empty((self.width, len(columns[0])), self._dtype)
        for position, values in enumerate(columns):
            array = plain_numbers(values, self._types[position])
            if array is None:
                return None
            table[position] = array
        return PlainRows(table.T)


def plain_columns(signature: Signature) -> Optional[PlainColumns]:
    """None for a signature of anything else."""
    schema = signature.inputs
    if schema is None or not has_plain_types(signature):
        return None
    types = tuple(spec.type for spec in schema.columns if isinstance(spec.type, DataType))
    if not schema.has_names:
        return PlainColumns(None, types)
    names = [str(spec.name) for spec in schema.columns]
    return PlainColumns(names, types) if len(set(names)) == len(names) else None
