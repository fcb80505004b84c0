"""The body of `/predict` to what the model takes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict

from ..signature.types import Signature
from .arrays import arrays_of
from .errors import BAD_JSON, NO_INPUTS, InputsError, LayoutError, one_line, show
from .headline import headline
from .table import frame_of
from .unsigned import data_of


@dataclass(frozen=True)
class PredictBody:
    """A decoded body: `inputs` as they came, `params` None or as they came."""

    inputs: Any
    params: Any


def decode_body(body: bytes) -> PredictBody:
    """Decode `{"inputs": …, "params"?: …}`. Raises InputsError."""
    try:
        decoded = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InputsError(BAD_JSON, _json_reason(error)) from error
    if not isinstance(decoded, dict):
        raise InputsError(NO_INPUTS, f'the body is {show(decoded)}, send {{"inputs": [...]}}')
    inputs = decoded.get("inputs")
    if inputs is None or inputs in ([], {}):
        raise InputsError(NO_INPUTS, _missing_reason(decoded))
    return PredictBody(inputs, decoded.get("params"))


def model_data(inputs: Any, signature: Signature, loader: str) -> Any:
    """The inputs as the signature wants them. Raises InputsError naming row and column."""
    try:
        return _fitted(inputs, signature, loader)
    except (LayoutError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise InputsError(headline(signature), one_line(str(error))) from error


def _fitted(inputs: Any, signature: Signature, loader: str) -> Any:
    if signature.from_type_hint:
        return inputs
    if signature.inputs is None:
        return data_of(inputs, loader)
    if signature.inputs.tensors:
        return arrays_of(inputs, signature.inputs)
    return frame_of(inputs, signature.inputs)


def _json_reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "the body is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "the body is not UTF-8 text"
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}, column {error.colno}: {error.msg}"
    return "a number in the body has too many digits"


def _missing_reason(decoded: Dict[str, Any]) -> str:
    if "inputs" in decoded:
        return f"inputs is {'empty' if decoded['inputs'] is not None else 'null'}"
    if not decoded:
        return 'the body is {}, send {"inputs": [...]}'
    keys = ", ".join(f"'{key[:40]}'" for key in list(decoded)[:8])
    return f'the body has {keys} and no "inputs"'
