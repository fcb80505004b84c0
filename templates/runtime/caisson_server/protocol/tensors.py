"""`inputs` and `instances` (the forms of TensorFlow Serving) to arrays, or dictionaries of arrays."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional

import numpy as np

from ..signature.dtypes import NUMPY
from ..signature.types import (
    ArrayType,
    ColumnSpec,
    DataType,
    InputSpec,
    Schema,
    TensorSpec,
)
from .errors import RequestError, invalid_input
from .nested import enforce_value


def parse_tensors(form: str, value: Any, schema: Optional[Schema]) -> Any:
    """The value of `inputs` (by column) or `instances` (by row).

    Raises RequestError when it does not fit the schema.
    """
    try:
        return _instances(value, schema) if form == "instances" else _inputs(value, schema)
    except RequestError:
        raise
    except Exception as error:
        raise invalid_input(f"Ensure that the input is a valid JSON-formatted string.\nError: {error!r}") from error


def _instances(value: Any, schema: Optional[Schema]) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        data: Any = _columns_of(value, _specs(schema))
    else:
        data = _inputs(value, schema)
    if isinstance(data, dict):
        _check_lengths(data, schema)
    return data


def _columns_of(rows: List[Any], specs: Mapping[str, InputSpec]) -> Dict[str, Any]:
    columns: Dict[str, List[Any]] = {}
    for row in rows:
        for name, value in row.items():
            columns.setdefault(name, []).append(convert(value, specs.get(name)))
    return {name: np.array(values) for name, values in columns.items()}


def _check_lengths(data: Mapping[str, Any], schema: Optional[Schema]) -> None:
    lists = {name: value for name, value in data.items() if isinstance(value, (list, np.ndarray))}
    if schema is not None and schema.has_names:
        specs = schema.by_name()
        names = [name for name in lists if name in specs and _counts_rows(specs[name])]
    else:
        names = list(lists)
    if len({len(lists[name]) for name in names}) > 1:
        raise invalid_input("The length of values for each input/column name are not the same")


def _counts_rows(spec: InputSpec) -> bool:
    is_array = isinstance(spec, ColumnSpec) and isinstance(spec.type, ArrayType)
    return spec.required and not is_array


def _inputs(value: Any, schema: Optional[Schema]) -> Any:
    specs = _specs(schema)
    if schema is not None:
        value = _fit_names(value, schema)
    if isinstance(value, dict):
        return {name: convert(column, specs.get(name)) for name, column in value.items()}
    if isinstance(value, list) and all(isinstance(row, dict) for row in value):
        return [{name: convert(cell, specs.get(name)) for name, cell in row.items()} for row in value]
    spec = None if schema is None else schema.inputs[0]
    if isinstance(value, list):
        return convert(value, spec)
    try:
        return convert(value, spec)
    except RequestError as error:
        raise invalid_input(
            f"Failed to convert data `{value}` to type `{spec}` defined in the model signature."
        ) from error


def _fit_names(value: Any, schema: Schema) -> Any:
    specs = schema.by_name()
    is_list = isinstance(value, list)
    if len(specs) == 1 and is_list and not any(isinstance(row, dict) for row in value):
        return {next(iter(specs)): value}
    if not schema.has_names and not is_list and not np.isscalar(value):
        raise invalid_input(
            "Failed to parse input data. This model contains an un-named "
            " model signature which expects a single n-dimensional array or "
            "a single value as input, however, an input of type "
            f"{type(value)} was found."
        )
    return value


def _specs(schema: Optional[Schema]) -> Mapping[str, InputSpec]:
    return {} if schema is None else schema.by_name()


def convert(value: Any, spec: Optional[InputSpec]) -> Any:
    """One JSON value as an array (or object) of the spec's type; without a spec, as numpy sees it.

    Raises RequestError with numpy's or the type's own words.
    """
    try:
        if spec is None:
            return np.array(value)
        if isinstance(spec, TensorSpec):
            return np.array(value, dtype=np.dtype(spec.dtype))
        return _convert_column(value, spec)
    except Exception as error:
        raise invalid_input(str(error)) from error


def _convert_column(value: Any, spec: ColumnSpec) -> Any:
    if isinstance(spec.type, DataType):
        dtype = NUMPY[spec.type]
        is_list = isinstance(value, (list, np.ndarray))
        return np.array(value, dtype) if is_list else np.array([value], dtype)[0]
    enforced = enforce_value(value, spec.type, required=spec.required)
    return np.array(enforced) if isinstance(spec.type, ArrayType) else enforced
