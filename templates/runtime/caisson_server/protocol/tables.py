"""CSV and parquet bodies to a DataFrame."""

from __future__ import annotations

import importlib.util
from io import BytesIO, StringIO
from typing import Any, Optional

from ..signature.dtypes import PANDAS
from ..signature.types import ColumnSpec, DataType, Schema
from .errors import RequestError, UnsupportedMediaTypeError, invalid_input

#: What pandas reads Parquet with. MLflow brings pyarrow; what serving needs of MLflow does not.
_PARQUET_ENGINES = ("pyarrow", "fastparquet")


def frame_from_csv(body: bytes, schema: Optional[Schema]) -> Any:
    """Comma-separated text with a header line; the types come from the signature.

    Raises RequestError when it is not UTF-8 or not CSV.
    """
    import pandas as pd  # noqa: PLC0415

    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise invalid_input(f"Ensure that input is a valid UTF-8 encoded string. Error: '{error!r}'") from error
    try:
        if schema is None:
            return pd.read_csv(StringIO(text))
        return pd.read_csv(StringIO(text), dtype=_column_types(schema))
    except Exception as error:
        raise _not_a_table("CSV-formatted", "csv", error) from error


def frame_from_parquet(body: bytes) -> Any:
    """An Apache Parquet file.

    Raises RequestError when it is not one, UnsupportedMediaTypeError where nothing is installed that reads such files.
    """
    import pandas as pd  # noqa: PLC0415

    if not any(importlib.util.find_spec(engine) for engine in _PARQUET_ENGINES):
        raise UnsupportedMediaTypeError(
            "Parquet is not read here: pyarrow is not installed. Build the image with --requirement pyarrow,"
            " or with all of MLflow by --full-mlflow."
        )
    try:
        return pd.read_parquet(BytesIO(body))
    except Exception as error:
        raise _not_a_table("Parquet", "parquet", error) from error


def _column_types(schema: Schema) -> Any:
    if schema.tensors:
        raise ValueError("TensorSpec only supports numpy types, use numpy_types() instead")
    types = [_pandas_type(spec) for spec in schema.columns]
    return dict(zip(schema.labels, types))


def _pandas_type(spec: ColumnSpec) -> Any:
    if isinstance(spec.type, DataType):
        return PANDAS[spec.type]
    raise ValueError("Failed to get pandas types as some of the inputs types are not DataType.")


def _not_a_table(name: str, suffix: str, error: Exception) -> RequestError:
    return RequestError(
        "Failed to parse input as a Pandas DataFrame. Ensure that the input is"
        f" a valid {name} Pandas DataFrame produced using the"
        f" `pandas.DataFrame.to_{suffix}()` method. Error: '{error}'"
    )
