"""`dataframe_split` and `dataframe_records` to a DataFrame."""

from __future__ import annotations

from typing import Any, Optional

from ..signature.types import Schema
from .casting import cast_columns
from .errors import invalid_input


def frame_from_records(value: Any, schema: Optional[Schema]) -> Any:
    """A list of objects, one per row. Raises RequestError for anything else."""
    import pandas as pd  # noqa: PLC0415

    if not isinstance(value, list):
        found = "dictionary" if isinstance(value, dict) else f"type {type(value)}"
        raise invalid_input(f"Dataframe records format must be a list of records. Got {found}.")
    try:
        frame = pd.DataFrame(data=value)
    except Exception as error:
        raise _not_a_frame("records", error) from error
    return frame if schema is None else cast_columns(frame, schema)


def frame_from_split(value: Any, schema: Optional[Schema]) -> Any:
    """`{"data": rows, "columns"?: names, "index"?: labels}`. Raises RequestError for anything else."""
    import pandas as pd  # noqa: PLC0415

    if not isinstance(value, dict):
        found = "list" if isinstance(value, list) else f"type {type(value)}"
        raise invalid_input(f"Dataframe split format must be a dictionary. Got {found}.")
    if "data" not in value or set(value) - {"columns", "data", "index"}:
        raise invalid_input(
            "Dataframe split format must have 'data' field and optionally 'columns' "
            f"and 'index' fields. Got {set(value)}.'"
        )
    try:
        frame = pd.DataFrame(index=value.get("index"), columns=value.get("columns"), data=value["data"])
    except Exception as error:
        raise _not_a_frame("split", error) from error
    return frame if schema is None else cast_columns(frame, schema)


def _not_a_frame(orient: str, error: Exception) -> Exception:
    return invalid_input(
        f"Provided dataframe_{orient} field is not a valid dataframe representation in "
        f"'{orient}' format. Error: '{error}'"
    )
