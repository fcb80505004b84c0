"""Predictions to JSON, as MLflow writes them, but for NaN and infinities: those become null."""

from __future__ import annotations

import base64
import datetime as dt
import json
import sys
from typing import Any, Optional

import numpy as np

from .protocol.json_text import encode_plain

#: Arrays whose lists hold nothing but booleans, numbers and text.
_PLAIN_KINDS = "biufU"
_PLAIN_TYPES = frozenset((bool, int, float, str, type(None)))


def encode_predictions(predictions: Any, *, wrapped: bool) -> bytes:
    """The body of an answer: `{"predictions": …}`, or the bare value.

    DataFrames become records, arrays lists, bytes base64, dates ISO 8601. Raises TypeError for what JSON cannot say.
    """
    value = _listed(predictions)
    if _is_plain(predictions, value):
        text = encode_plain(value)
        if text is not None:
            return b'{"predictions":' + text + b"}" if wrapped else text
    return to_json({"predictions": value} if wrapped else value)


def to_json(value: Any) -> bytes:
    """Valid JSON, whatever floats the value holds."""
    try:
        return json.dumps(value, default=_convert, allow_nan=False).encode()
    except ValueError:
        # Rare, so simple: let Python write its NaN and Infinity and read them back as null.
        text = json.dumps(value, default=_convert)
        return json.dumps(json.loads(text, parse_constant=_null)).encode()


def _null(_constant: str) -> None:
    return None


def _listed(predictions: Any) -> Any:
    if isinstance(predictions, np.ndarray):
        return predictions.tolist()
    pandas = _pandas()
    if pandas is None:
        return predictions
    if isinstance(predictions, pandas.Series):
        predictions = pandas.DataFrame(predictions)
    if isinstance(predictions, pandas.DataFrame):
        return predictions.to_dict(orient="records")
    return predictions


def _is_plain(predictions: Any, value: Any) -> bool:
    """Whether every encoder of JSON writes the value alike: lists of Python's own scalars, or one of these."""
    if isinstance(predictions, np.ndarray):
        return predictions.dtype.kind in _PLAIN_KINDS
    return type(value) is list and _PLAIN_TYPES.issuperset(map(type, value))


def _convert(value: Any) -> Any:
    """What `json` asks for when it meets a type that it does not know."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (bytes, bytearray)):
        return base64.encodebytes(value).decode("ascii")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    pandas = _pandas()
    if pandas is not None and value is pandas.NA:
        return None
    if hasattr(value, "model_dump"):
        return value.model_dump()
    if hasattr(value, "toarray"):
        return value.toarray().tolist()
    raise TypeError(f"predictions of type {type(value).__name__} cannot be written as JSON")


def _pandas() -> Optional[Any]:
    """The module, where anybody has imported it: else nothing can be of its types."""
    return sys.modules.get("pandas")
