"""`inputs` of a model that takes columns, as the DataFrame that it takes."""

from __future__ import annotations

from typing import Any, List

from ..signature.types import Schema
from .cells import convert_column
from .errors import LayoutError, ValueMismatchError
from .layout import at_row, by_column


def frame_of(inputs: Any, schema: Schema) -> Any:
    """The DataFrame, its columns of the signature's types. Raises LayoutError."""
    import pandas as pd  # noqa: PLC0415

    return pd.DataFrame(
        {
            schema.labels[position]: _convert(values, position, schema)
            for position, values in by_column(inputs, schema).items()
            if schema.columns[position].required or _is_given(values)
        }
    )


def _is_given(values: List[Any]) -> bool:
    return any(value is not None for value in values)


def _convert(values: List[Any], position: int, schema: Schema) -> Any:
    try:
        return convert_column(values, schema.columns[position])
    except ValueMismatchError as error:
        raise LayoutError(at_row(error, position, schema)) from error
