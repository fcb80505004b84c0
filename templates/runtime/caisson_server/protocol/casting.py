"""The columns of a DataFrame that came as JSON, cast to the types of the signature."""

from __future__ import annotations

import base64
from typing import Any, Iterable, List, Tuple

import numpy as np

from ..signature.dtypes import PANDAS
from ..signature.types import (
    AnyType,
    ColumnSpec,
    DataType,
    InputSpec,
    Schema,
    TensorSpec,
)
from .errors import invalid_input
from .nested import enforce_value


def cast_columns(frame: Any, schema: Schema) -> Any:
    """Cast the columns of the DataFrame that the schema knows; the others stay as they are.

    Raises RequestError naming the first column that cannot be cast.
    """
    present = set(frame.columns)
    for label, spec in list(_matched(frame, schema)):
        if label not in present:
            continue
        try:
            frame[label] = _cast(frame[label], spec)
        except Exception as error:
            raise invalid_input(
                "Data is not compatible with model signature. "
                f"Failed to convert column {label} to type '{_type_text(spec)}'. Error: '{error!r}'"
            ) from error
    return frame


def _matched(frame: Any, schema: Schema) -> Iterable[Tuple[Any, InputSpec]]:
    if schema.has_names:
        return zip(schema.labels, schema.inputs)
    if schema.tensors and len(schema.tensors) == 1:
        return ((label, schema.tensors[0]) for label in set(frame.columns))
    pairs: List[Tuple[Any, InputSpec]] = list(zip(frame.columns, schema.inputs))
    return pairs


def _type_text(spec: InputSpec) -> str:
    if isinstance(spec, TensorSpec):
        return str(np.dtype(spec.dtype))
    return str(PANDAS[spec.type]) if isinstance(spec.type, DataType) else str(spec.type)


def _cast(column: Any, spec: InputSpec) -> Any:
    if isinstance(spec, TensorSpec):
        return _cast_to_tensor(column, np.dtype(spec.dtype))
    if isinstance(spec.type, AnyType):
        return column
    if isinstance(spec.type, DataType):
        return _cast_scalars(column, spec.type)
    return column.map(_enforcer(spec))


def _enforcer(spec: ColumnSpec) -> Any:
    return lambda value: enforce_value(value, spec.type, required=spec.required)


def _cast_to_tensor(column: Any, dtype: Any) -> Any:
    if dtype == np.dtype(bytes):
        return column.map(_utf8)
    # Lists lost their shape and type in JSON: the model's schema enforcement restores both.
    if isinstance(column.iloc[0], list) or _is_text_already(column, dtype):
        return column
    return column.astype(dtype)


def _cast_scalars(column: Any, data_type: DataType) -> Any:
    import pandas as pd  # noqa: PLC0415

    if data_type is DataType.BINARY:
        return column.map(_from_base64)
    if data_type is DataType.DATETIME:
        return _nanoseconds(pd.to_datetime(column))
    dtype = PANDAS[data_type]
    return column if _is_text_already(column, dtype) else column.astype(dtype)


def _is_text_already(column: Any, dtype: Any) -> bool:
    """Pandas 3 reads text as its own string type, which casting would turn back into objects."""
    import pandas as pd  # noqa: PLC0415

    return np.dtype(dtype).kind in "OU" and isinstance(column.dtype, pd.StringDtype)


def _nanoseconds(dates: Any) -> Any:
    """MLflow's datetimes count nanoseconds; pandas 3 parses to microseconds."""
    import pandas as pd  # noqa: PLC0415

    if not pd.api.types.is_datetime64_any_dtype(dates):
        return dates
    return dates if getattr(dates.dt, "unit", "ns") == "ns" else dates.dt.as_unit("ns")


def _from_base64(value: Any) -> bytes:
    return base64.decodebytes(bytes(value, "utf8"))


def _utf8(value: Any) -> bytes:
    return bytes(value, "utf8")
