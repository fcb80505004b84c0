"""Predictions to JSON, as MLflow writes them, but for NaN and infinities: those become null."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any

import numpy as np
import pandas as pd


def encode_predictions(predictions: Any, *, wrapped: bool) -> bytes:
    """The body of an answer: `{"predictions": …}`, or the bare value.

    DataFrames become records, arrays lists, bytes base64, dates ISO 8601. Raises TypeError for what JSON cannot say.
    """
    value = _plain(predictions)
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


def _plain(predictions: Any) -> Any:
    if isinstance(predictions, np.ndarray):
        return predictions.tolist()
    if isinstance(predictions, pd.Series):
        predictions = pd.DataFrame(predictions)
    if isinstance(predictions, pd.DataFrame):
        return predictions.to_dict(orient="records")
    return predictions


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
    if value is pd.NA:
        return None
    if hasattr(value, "model_dump"):
        return value.model_dump()
    if hasattr(value, "toarray"):
        return value.toarray().tolist()
    raise TypeError(f"predictions of type {type(value).__name__} cannot be written as JSON")
