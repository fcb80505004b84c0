"""A model of a few lines, for tests of what stands around models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, List

import numpy as np
import yaml

from caisson_server.enforcement.enforce import enforce
from caisson_server.enforcement.params import enforce_params
from caisson_server.model.port import Enforced, PlainRows, RowWise
from caisson_server.signature.types import ColumnSpec, DataType, ParameterSpec, Schema, Signature

NAMES = ["a", "b"]


def signature_of(*types: DataType, params: Any = None) -> Signature:
    """Required columns `a`, `b`, … of these types."""
    columns = tuple(ColumnSpec(kind, chr(ord("a") + place), required=True) for place, kind in enumerate(types))
    return Signature(Schema(columns), tuple(spec.name for spec in params or ()), params)


class FakeModel:
    """Predicts by a function of an array of two columns, and remembers how many rows each call had."""

    loader = "fake"
    mlflow_version = "0"
    loaded_by = "direct"
    takes_plain_rows = True
    row_wise = RowWise(certain=True, reason="Fake predicts row by row")

    def __init__(self, predict: Callable[[Any], Any]) -> None:
        self._predict = predict
        scale = ParameterSpec("scale", DataType.DOUBLE, 1.0)
        self.signature = signature_of(DataType.DOUBLE, DataType.DOUBLE, params=(scale,))
        self.ran: List[int] = []
        self.scales: List[float] = []

    def enforce(self, data: Any, params: Any) -> Enforced:
        if isinstance(data, PlainRows):
            return Enforced(data, enforce_params(params, self.signature.params))
        return Enforced(*enforce(data, params, self.signature))

    def run(self, enforced: Enforced) -> Any:
        data = enforced.data
        array = data.array if isinstance(data, PlainRows) else np.asarray(data)
        self.ran.append(len(array))
        self.scales.append(enforced.params["scale"])
        return self._predict(array)

    def predict(self, data: Any, params: Any) -> Any:
        return self.run(self.enforce(data, params))


def folder_of(tmp_path: Path, info: Any = None, **files: Any) -> Path:
    (tmp_path / "MLmodel").write_text(yaml.safe_dump({"flavors": {}, "saved_input_example_info": info}))
    for name, value in files.items():
        (tmp_path / f"{name}.json").write_text(value if isinstance(value, str) else json.dumps(value))
    return tmp_path
