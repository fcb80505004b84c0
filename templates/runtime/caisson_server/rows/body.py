"""The body of `/predict`, decoded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict

from ..protocol.json_text import decode_json
from .errors import BAD_JSON, NO_INPUTS, TOO_DEEP, InputsError, show


@dataclass(frozen=True)
class PredictBody:
    """A decoded body: `inputs` as they came, `params` None or as they came."""

    inputs: Any
    params: Any


def decode_body(body: bytes) -> PredictBody:
    """Decode `{"inputs": …, "params"?: …}`. Raises InputsError."""
    try:
        decoded = decode_json(body)
    except (ValueError, RecursionError) as error:
        raise InputsError(BAD_JSON, _json_reason(error)) from error
    if not isinstance(decoded, dict):
        raise InputsError(NO_INPUTS, f'the body is {show(decoded)}, send {{"inputs": [...]}}')
    inputs = decoded.get("inputs")
    if inputs is None or inputs in ([], {}):
        raise InputsError(NO_INPUTS, _missing_reason(decoded))
    return PredictBody(inputs, decoded.get("params"))


def _json_reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return TOO_DEEP
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
