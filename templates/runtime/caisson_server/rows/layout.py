"""`inputs` of a model that takes columns, laid out by column.

Accepted are one row or many, as lists (positional, in the order of the signature) or as objects, one object of columns,
and for a model of one column its bare values. Errors count rows and columns from 1.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from ..signature.types import ArrayType, DataType, Schema
from .errors import LayoutError, ValueMismatchError, show
from .nesting import counted

#: The values of each column that was given, by the column's position in the signature. All lists are equally long.
Columns = Dict[int, List[Any]]

_NAMES_SHOWN = 8


def by_column(inputs: Any, schema: Schema) -> Columns:
    """Lay the inputs out by column. Raises LayoutError."""
    if isinstance(inputs, dict):
        if _is_object_of_columns(inputs, schema):
            return _from_columns(inputs, schema)
        return _from_records([inputs], schema)
    if not isinstance(inputs, list):
        return _from_rows([[inputs]], schema)
    if _is_bare_column(inputs, schema):
        return {0: inputs}
    if any(isinstance(row, dict) for row in inputs):
        return _from_records(inputs, schema)
    return _from_rows(inputs if any(isinstance(row, list) for row in inputs) else [inputs], schema)


def column_title(position: int, schema: Schema) -> str:
    """`column 3 (petal_length)`."""
    name = schema.inputs[position].name
    return f"column {position + 1}" + ("" if name is None else f" ({name})")


def _is_bare_column(inputs: List[Any], schema: Schema) -> bool:
    """Whether a model of one column got that column's values instead of rows of one value."""
    if len(schema.columns) != 1:
        return False
    spec = schema.columns[0]
    if any(isinstance(value, dict) and spec.name in value for value in inputs):
        return False
    if isinstance(spec.type, DataType):
        return not any(isinstance(value, (list, dict)) for value in inputs)
    if isinstance(spec.type, ArrayType):
        return not all(_holds_one_list(value) for value in inputs)
    return not any(isinstance(value, list) for value in inputs)


def _holds_one_list(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 1 and isinstance(value[0], list)


def _is_object_of_columns(inputs: Mapping[str, Any], schema: Schema) -> bool:
    """An object whose scalar columns hold lists is not one row."""
    cells = [
        inputs[str(spec.name)] for spec in schema.columns if spec.name in inputs and isinstance(spec.type, DataType)
    ]
    return bool(cells) and all(isinstance(values, list) for values in cells)


def _from_rows(rows: List[Any], schema: Schema) -> Columns:
    widest = len(schema.columns)
    fewest = widest
    while fewest and not schema.columns[fewest - 1].required:
        fewest -= 1
    for number, row in enumerate(rows, 1):
        if not isinstance(row, list):
            raise LayoutError(f"row {number}: {show(row)} is not a row of {_wanted(schema)}")
        if not fewest <= len(row) <= widest:
            wanted = f"the model takes {_wanted(schema)}"
            raise LayoutError(f"row {number}: has {counted(len(row))}, {wanted}")
    return {position: [row[position] if position < len(row) else None for row in rows] for position in range(widest)}


def _from_records(records: List[Any], schema: Schema) -> Columns:
    if not schema.has_names:
        raise LayoutError("row 1: the model's columns have no names, send each row as a list")
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict):
            raise LayoutError(f"row {number}: {show(record)} is not an object as other rows are")
    columns: Columns = {}
    for position, spec in enumerate(schema.columns):
        for number, record in enumerate(records, 1):
            if spec.required and spec.name not in record:
                title = column_title(position, schema)
                raise LayoutError(f"row {number}, {title}: the value is missing")
        columns[position] = [record.get(spec.name) for record in records]
    return columns


def _from_columns(inputs: Mapping[str, Any], schema: Schema) -> Columns:
    columns: Columns = {}
    for position, spec in enumerate(schema.columns):
        if spec.name not in inputs:
            if spec.required:
                raise LayoutError(f"{column_title(position, schema)}: the values are missing")
            continue
        values = inputs[str(spec.name)]
        if not isinstance(values, list):
            raise LayoutError(f"{column_title(position, schema)}: {show(values)} is not a list")
        columns[position] = values
    lengths = sorted({len(values) for values in columns.values()})
    if len(lengths) > 1:
        raise LayoutError(f"the columns have different numbers of rows: {lengths}")
    return columns


def _wanted(schema: Schema) -> str:
    """`4: sepal_length, sepal_width, …`."""
    if not schema.has_names:
        return str(len(schema.inputs))
    names = ", ".join(str(label) for label in schema.labels[:_NAMES_SHOWN])
    more = ", …" if len(schema.inputs) > _NAMES_SHOWN else ""
    return f"{len(schema.inputs)}: {names}{more}"


def at_row(error: ValueMismatchError, position: int, schema: Schema) -> str:
    """The place and the reason: `row 2, column 3 (petal_length): 'abc' is not a number`."""
    return f"row {error.index + 1}, {column_title(position, schema)}: {error.reason}"
