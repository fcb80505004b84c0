"""Returns a value of the kind that the parameter `kind` names."""

import datetime as dt

import mlflow
import numpy as np
import pandas as pd
from mlflow.pyfunc import PythonModel
from pydantic import BaseModel


class Fruit(BaseModel):
    name: str
    weight: float


KINDS = {
    "frame": lambda: pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": [0.5, 1.5]}),
    "frame_with_nan": lambda: pd.DataFrame({"a": [1.0, float("nan")], "b": [float("inf"), 2.0]}),
    "frame_with_dates": lambda: pd.DataFrame({"when": pd.to_datetime(["2020-01-01", "2021-05-06T07:08:09.123"])}),
    "frame_with_numbered_columns": lambda: pd.DataFrame([[1, 2], [3, 4]]),
    "frame_with_gap_in_dates": lambda: pd.DataFrame({"when": pd.to_datetime(["2020-01-01", None])}),
    "series": lambda: pd.Series([1, 2, 3]),
    "named_series": lambda: pd.Series([1.5, 2.5], name="weight"),
    "array": lambda: np.array([[1, 2], [3, 4]]),
    "array_with_nan": lambda: np.array([[1.0, np.nan], [np.inf, -np.inf]]),
    "array_of_text": lambda: np.array(["a", "b"]),
    "array_of_bytes": lambda: np.array([b"a", b"bc"]),
    "array_of_objects": lambda: np.array([1, "a", None, dt.date(2020, 1, 2)], dtype=object),
    "array_of_dates": lambda: np.array(["2020-01-01"], dtype="datetime64[D]"),
    "array_of_nanoseconds": lambda: np.array(["2020-01-01"], dtype="datetime64[ns]"),
    "array_of_booleans": lambda: np.array([True, False]),
    "array_of_singles": lambda: np.array([0.1], dtype=np.float32),
    "array_without_shape": lambda: np.array(5),
    "empty_array": lambda: np.array([]),
    "empty_frame": lambda: pd.DataFrame({"a": []}),
    "list": lambda: [1, "a", None, True, 0.5],
    "list_of_arrays": lambda: [np.array([1, 2]), np.array([3])],
    "list_of_scalars": lambda: [np.float64(0.5), np.int64(3), np.bool_(True), np.float32(0.1)],
    "list_with_nan": lambda: [float("nan"), {"deep": [float("-inf")]}, np.float64("nan")],
    "dict": lambda: {"a": 1, "b": [1, 2], "c": {"d": "é"}},
    "dict_of_arrays": lambda: {"a": np.array([1.5]), "b": np.array([[1]])},
    "text": lambda: "hello",
    "bytes": lambda: b"\x00\xff" * 40,
    "number": lambda: 3,
    "none": lambda: None,
    "date": lambda: [dt.date(2020, 1, 2), dt.datetime(2020, 1, 2, 3, 4, 5), dt.time(1, 2), pd.Timestamp("2020-01-01")],  # noqa: DTZ001
    "pydantic": lambda: [Fruit(name="apple", weight=0.5), Fruit(name="pear", weight=float("nan"))],
    "tuple": lambda: (1, (2, 3)),
    "set": lambda: {1},
    "complex": lambda: [1j],
    "huge": lambda: [2**70],
}


class Returns(PythonModel):
    def predict(self, context, model_input, params=None):
        return KINDS[params["kind"]]()


mlflow.models.set_model(Returns())
