"""A DataFrame against a signature of columns, by name or, in a signature without names, by position."""

from __future__ import annotations

from typing import Any, Dict

from ..protocol.errors import MismatchError
from ..protocol.nested import enforce_value
from ..protocol.scalar import enforce_scalars
from ..signature.types import ColumnSpec, DataType, Schema
from .frames import as_frame
from .names import check_count, check_names


def enforce_columns(data: Any, schema: Schema) -> Any:
    """A DataFrame of the schema's columns, in its order and of its types; optional ones may be absent.

    Raises MismatchError and, for data that no table can be made of, what pandas raises.
    """
    frame = as_frame(data, schema)
    if schema.has_names:
        check_names(frame.columns, schema)
        return _by_name(frame, schema)
    check_count(len(frame.columns), schema)
    return _by_position(frame, schema)


def _by_name(frame: Any, schema: Schema) -> Any:
    import pandas as pd  # noqa: PLC0415

    columns: Dict[Any, Any] = {}
    for spec in schema.columns:
        if spec.name in frame:
            columns[spec.name] = _enforce_column(spec.name, frame, spec)
        elif spec.required:
            raise MismatchError(
                f"The input column '{spec.name}' is required by the model signature but missing from the input data."
            )
    return pd.DataFrame(columns)


def _by_position(frame: Any, schema: Schema) -> Any:
    import pandas as pd  # noqa: PLC0415

    columns: Dict[Any, Any] = {}
    for label, spec in zip(frame.columns[: len(schema.inputs)], schema.columns):
        # Where columns have no names, MLflow lets none of their values be absent.
        columns[label] = _enforce_column(label, frame, ColumnSpec(spec.type, spec.name, required=True))
    return pd.DataFrame(columns)


def _enforce_column(label: Any, frame: Any, spec: ColumnSpec) -> Any:
    import pandas as pd  # noqa: PLC0415

    if isinstance(spec.type, DataType):
        return enforce_scalars(label, frame[label], spec.type)
    values = [enforce_value(value, spec.type, required=spec.required) for value in frame[label]]
    return pd.Series(values, index=frame.index, name=label)
