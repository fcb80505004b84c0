"""Data and parameters of a request against the signature of the model."""

from __future__ import annotations

from typing import Any, Mapping, Tuple

from ..protocol.errors import RequestError, printed
from ..signature.types import Schema, Signature
from .columns import enforce_columns
from .params import enforce_params
from .tensors import enforce_tensors

_MISMATCH: Mapping[str, Any] = {"sqlstate": "KAM01", "error_class": "SCHEMA_ENFORCEMENT_FAILED"}


def enforce(data: Any, params: Any, signature: Signature) -> Tuple[Any, Any]:
    """Return data and parameters as the model takes them.

    Columns become a DataFrame, tensors an array or a dictionary of arrays; without input specs the data stay as they
    are. Raises RequestError in MLflow's words.
    """
    if signature.inputs is not None:
        data = _enforce_inputs(data, signature.inputs)
    return data, enforce_params(params, signature.params)


def _enforce_inputs(data: Any, schema: Schema) -> Any:
    try:
        return enforce_tensors(data, schema) if schema.tensors else enforce_columns(data, schema)
    except Exception as error:
        raise RequestError(
            f"Failed to enforce schema of data '{printed(data)}' with schema '{schema}'. Error: {error}",
            error_code="INVALID_PARAMETER_VALUE",
            fields=_MISMATCH,
        ) from error
