"""Real models, each saved by MLflow once per test session."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, Mapping, Optional

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import ModelSignature, infer_signature
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema, TensorSpec
from mlflow.types.schema import AnyType, Array, Map, Object, Property
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from support.flavor_models import FLAVOR_MODELS

_CODE = Path(__file__).resolve().parent.parent / "model_code"
IRIS_COLUMNS = ["sepal_length", "sepal_width", "petal_length", "petal_width"]

Save = Callable[[Path], None]


def _columns(*specs: ColSpec) -> Schema:
    return Schema(list(specs))


def _params(**defaults: Any) -> ParamSchema:
    types = {str: "string", float: "double", int: "long", bool: "boolean"}
    return ParamSchema([ParamSpec(name, types[type(value)], value) for name, value in defaults.items()])


def _from_code(
    name: str, inputs: Optional[Schema] = None, params: Optional[ParamSchema] = None, **options: Any
) -> Save:
    signature = ModelSignature(inputs=inputs, params=params) if inputs or params else None

    def save(folder: Path) -> None:
        mlflow.pyfunc.save_model(
            str(folder),
            python_model=str(_CODE / f"{name}.py"),
            signature=signature,
            pip_requirements=["mlflow"],
            **options,
        )

    return save


def _sklearn(make: Callable[[], Any]) -> Save:
    def save(folder: Path) -> None:
        model, signature = make()
        mlflow.sklearn.save_model(
            model, str(folder), signature=signature, pip_requirements=["mlflow"], serialization_format="cloudpickle"
        )

    return save


def _iris(*, names: bool) -> Any:
    features, target = load_iris(return_X_y=True)
    table = pd.DataFrame(features, columns=IRIS_COLUMNS) if names else features
    return LogisticRegression(max_iter=500).fit(table, target), table


def _iris_unsigned() -> Any:
    return _iris(names=False)[0], None


def _iris_named() -> Any:
    model, table = _iris(names=True)
    return model, infer_signature(table, model.predict(table))


def _iris_tensor() -> Any:
    model, table = _iris(names=False)
    return model, infer_signature(table, model.predict(table))


def _multi_output() -> Any:
    features, _ = load_iris(return_X_y=True)
    model = make_pipeline(StandardScaler(), LinearRegression()).fit(features[:, :2], features[:, 2:])
    return model, infer_signature(features[:, :2], model.predict(features[:, :2]))


def _text_features() -> Any:
    table = pd.DataFrame({"city": ["Rome", "Oslo", "Rome", "Lima"], "size": ["s", "m", "l", "s"]})
    model = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression()).fit(table, [0, 1, 0, 1])
    return model, infer_signature(table, np.array([0]))


def _proba_with_params() -> Any:
    model, table = _iris(names=True)
    return model, infer_signature(table, model.predict(table), params={"threshold": 0.5, "label": "x"})


ALL_TYPES = _columns(
    ColSpec(DataType.boolean, "flag"),
    ColSpec(DataType.integer, "small"),
    ColSpec(DataType.long, "big"),
    ColSpec(DataType.float, "single"),
    ColSpec(DataType.double, "real"),
    ColSpec(DataType.string, "text"),
    ColSpec(DataType.binary, "blob"),
    ColSpec(DataType.datetime, "when"),
    ColSpec(DataType.double, "extra", required=False),
    ColSpec(DataType.string, "note", required=False),
)
NESTED = _columns(
    ColSpec(Array(DataType.double), "numbers"),
    ColSpec(Object([Property("a", DataType.long), Property("b", DataType.string, required=False)]), "thing"),
    ColSpec(Map(DataType.string), "labels"),
    ColSpec(Array(Array(DataType.long)), "matrix", required=False),
    ColSpec(AnyType(), "anything", required=False),
)
TENSORS = Schema(
    [
        TensorSpec(np.dtype("float32"), (-1, 2, 2), "image"),
        TensorSpec(np.dtype("int64"), (-1,), "id"),
    ]
)


def _broken(folder: Path) -> None:
    # Older MLflow loads a model while it saves it, so this one breaks afterwards.
    _from_code("echo")(folder)
    (folder / "echo.py").write_text((_CODE / "broken.py").read_text())


MODELS: Mapping[str, Save] = {
    "iris_unsigned": _sklearn(_iris_unsigned),
    "iris_named": _sklearn(_iris_named),
    "iris_tensor": _sklearn(_iris_tensor),
    "iris_params": _sklearn(_proba_with_params),
    "multi_output": _sklearn(_multi_output),
    "text_features": _sklearn(_text_features),
    "echo": _from_code("echo"),
    "echo_all_types": _from_code("echo", ALL_TYPES),
    "describe": _from_code("describe"),
    "describe_all_types": _from_code("describe", ALL_TYPES),
    "describe_nested": _from_code("describe", NESTED),
    "describe_tensors": _from_code("describe", TENSORS),
    "describe_images": _from_code("describe", Schema([TensorSpec(np.dtype("uint8"), (-1, 2, 2, 1))])),
    "describe_one_tensor": _from_code("describe", Schema([TensorSpec(np.dtype("float64"), (-1, 3), "x")])),
    "describe_text_tensor": _from_code("describe", Schema([TensorSpec(np.dtype("str"), (-1,))])),
    "describe_unnamed": _from_code("describe", _columns(ColSpec(DataType.double), ColSpec(DataType.long))),
    "describe_one_text": _from_code("describe", _columns(ColSpec(DataType.string, "text"))),
    "describe_one_array": _from_code("describe", _columns(ColSpec(Array(DataType.double), "v"))),
    "describe_params": _from_code(
        "describe",
        _columns(ColSpec(DataType.string, "text")),
        _params(temperature=0.5, top=3, stop="x", stream=False),
    ),
    "returns": _from_code("returns", params=_params(kind="list")),
    "raises": _from_code("raises", _columns(ColSpec(DataType.string, "how"))),
    "type_hints": _from_code("type_hints"),
    "no_params": _from_code("no_params"),
    "slow": _from_code("slow", _columns(ColSpec(DataType.string, "how"), ColSpec(DataType.double, "seconds"))),
    "configured": _from_code("configured", model_config={"depth": 1, "name": "x"}),
    "slow_to_load": _from_code("slow_to_load"),
    "broken": _broken,
    **FLAVOR_MODELS,
}
#: Python 3.9 has none after 3.1, which speaks in other words of what is wrong, and knows neither parquet nor skops.
IS_OLD_MLFLOW = tuple(map(int, mlflow.__version__.split(".")[:2])) < (3, 13)
#: Models that MLflow's 2.22 and 3.17 saved, in the checkout.
_FIXTURES = Path(__file__).resolve().parents[3] / "fixtures" / "models"
SAVED_MODELS = (
    "mlflow2-iris-columns",
    "mlflow2-iris-no-signature",
    *(() if IS_OLD_MLFLOW else ("mlflow3-iris-tensor",)),
)


class ModelShelf:
    """Saves a model when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._saved: Dict[str, Path] = {}

    def folder(self, name: str) -> Path:
        if name in SAVED_MODELS:
            return _FIXTURES / name
        if name not in self._saved:
            folder = self._folder / name
            MODELS[name](folder)
            self._saved[name] = folder
        return self._saved[name]
