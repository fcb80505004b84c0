"""A request, and how bodies are written."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any, Dict, List, Optional

import pandas as pd

JSON = "application/json"
CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"

ROW = [5.1, 3.5, 1.4, 0.2]
NAMES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]


@dataclass(frozen=True)
class Case:
    name: str
    body: bytes
    content_type: Optional[str] = JSON


def of_json(name: str, value: Any) -> Case:
    return Case(name, json.dumps(value).encode())


def parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


def split(rows: List[List[Any]], columns: Optional[List[str]] = None) -> Dict[str, Any]:
    table: Dict[str, Any] = {"data": rows}
    if columns is not None:
        table["columns"] = columns
    return {"dataframe_split": table}
