"""What the models of all flavors are made with."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, Callable, Dict

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema
from sklearn import datasets

IRIS_COLUMNS = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
Save = Callable[[Path], None]
MakeModel = Callable[[], Any]

_ARGUMENTS: Dict[str, Any] = {"pip_requirements": ["mlflow"]}


def iris_table() -> pd.DataFrame:
    return pd.DataFrame(datasets.load_iris().data, columns=IRIS_COLUMNS)


def iris_classes() -> Any:
    return datasets.load_iris().target


def unnamed(table: Any) -> ModelSignature:
    return ModelSignature(inputs=Schema([ColSpec(DataType.double) for _ in range(np.shape(table)[1])]))


def mixed_table() -> pd.DataFrame:
    """Numbers of every width. Large integers, because rounding tells the ways of casting apart."""
    iris = iris_table()
    return pd.DataFrame(
        {
            "sepal_length": iris.sepal_length,
            "sepal_width": iris.sepal_width.astype("float32"),
            "petal_length": (iris.petal_length * 10).astype("int32"),
            "petal_width": (iris.petal_width * 2**53).astype("int64"),
        }
    )


def people() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "city": ["Rome", "Oslo", "Rome", "Lima", "Oslo", "Lima"],
            "about": ["likes tea", "likes cats", "cats and dogs", "tea", "dogs", "no cats"],
            "age": [20.0, 31.0, np.nan, 44.0, 52.0, 18.0],
            "income": [1.5, 2.5, 3.5, 0.5, 1.0, 9.0],
        }
    )


def params_of(**defaults: Any) -> ParamSchema:
    specs = []
    for name, default in defaults.items():
        kind = {bool: "boolean", int: "long", float: "double", str: "string", list: "long"}[type(default)]
        specs.append(ParamSpec(name, kind, default, shape=(-1,) if isinstance(default, list) else None))
    return ParamSchema(specs)


def of_flavor(flavor: str, make: MakeModel, **options: Any) -> Save:
    def save(folder: Path) -> None:
        model, signature, *more = make()
        save_model = getattr(mlflow, flavor).save_model
        # What an older MLflow cannot be told, it does by itself.
        known = inspect.signature(save_model).parameters
        arguments = {**_ARGUMENTS, **options, **(more[0] if more else {})}
        given = {name: value for name, value in arguments.items() if name in known}
        save_model(model, path=str(folder), signature=signature, **given)

    return save
