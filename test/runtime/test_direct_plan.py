"""Which models are loaded without MLflow, and why others are not."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Dict

import pytest

from caisson_server.model.direct.model import DirectModel
from caisson_server.model.direct.plan import NotDirectError, plan_direct
from caisson_server.model.load import load_model, shares_memory
from caisson_server.model.mlmodel import read_mlmodel
from caisson_server.model.options import AUTO, PYFUNC, LoadOptions, changed_switch
from caisson_server.model.pyfunc import PyfuncModel
from support.models import ModelShelf

Change = Callable[[Dict[str, Any]], Any]


def pyfunc(mlmodel: Dict[str, Any]) -> Any:
    return mlmodel["flavors"]["python_function"]


def flavor(name: str) -> Callable[[Dict[str, Any]], Any]:
    return lambda mlmodel: mlmodel["flavors"][name]


def with_inputs(*specs: Any) -> Change:
    return lambda mlmodel: mlmodel["signature"].update(inputs=json.dumps(specs))


def with_params(*specs: Any) -> Change:
    return lambda mlmodel: mlmodel["signature"].update(params=json.dumps(specs))


_TENSOR = {"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 4]}}
_DOUBLE = {"type": "double", "name": "a"}

REFUSED: Dict[str, Change] = {
    "its loader is mlflow.pyfunc.model": lambda m: pyfunc(m).update(loader_module="mlflow.pyfunc.model"),
    "its loader is None": lambda m: pyfunc(m).pop("loader_module"),
    "its MLmodel file has no 'flavors'": lambda m: m.update(flavors=None),
    "its MLmodel file has no 'python_function'": lambda m: m["flavors"].pop("python_function"),
    "its MLmodel file has no 'sklearn'": lambda m: m["flavors"].pop("sklearn"),
    "it was saved by MLflow 4.0.1": lambda m: m.update(mlflow_version="4.0.1"),
    "it has a model_config": lambda m: pyfunc(m).update(config={"a": 1}),
    "it asks for environment variables": lambda m: m.update(env_vars=["TOKEN"]),
    "its signature comes from a type hint": lambda m: m.update(is_signature_from_type_hint=True),
    "its type hint comes from an example": lambda m: m.update(type_hint_from_example=True),
    "it streams": lambda m: pyfunc(m).update(streamable=True),
    "it has metadata that MLflow reads": lambda m: m.update(metadata={"dependencies_schemas": {}}),
    "its serialization format is 'joblib'": lambda m: flavor("sklearn")(m).update(serialization_format="joblib"),
    "it predicts by 'transform'": lambda m: pyfunc(m).update(predict_fn="transform"),
    "'nowhere.pkl' is not in the model's folder": lambda m: pyfunc(m).update(model_path="nowhere.pkl"),
    "its MLmodel file does not say where the model's data are": lambda m: pyfunc(m).pop("model_path"),
    "the model is not one file": lambda m: pyfunc(m).update(model_path="."),
    "its signature is not understood (ValueError: columns and tensors)": with_inputs(_TENSOR, _DOUBLE),
    "its signature is not understood (ValueError: some inputs have no name)": with_inputs(_DOUBLE, {"type": "double"}),
    "its signature is not understood (ValueError: 'money' is not a valid DataType)": with_inputs({"type": "money"}),
    "its signature is not understood (ValueError: no inputs)": with_inputs(),
    "its signature is not understood (KeyError: 'type')": with_inputs({"name": "a"}),
    "its signature is not understood (ValueError: a binary parameter)": with_params(
        {"name": "a", "type": "binary", "default": None, "shape": None}
    ),
    "its signature is not understood (MismatchError: Failed to validate": with_params(
        {"name": "a", "type": "long", "default": "x", "shape": None}
    ),
}


@pytest.fixture(scope="module")
def folder(shelf: ModelShelf) -> Path:
    return shelf.folder("iris_named")


@pytest.mark.parametrize("reason, change", REFUSED.items(), ids=str)
def test_what_is_left_to_mlflow(folder: Path, reason: str, change: Change) -> None:
    mlmodel = copy.deepcopy(read_mlmodel(folder))
    change(mlmodel)
    with pytest.raises(NotDirectError) as error:
        plan_direct(folder, mlmodel, LoadOptions())
    assert str(error.value).startswith(reason)


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.update(mlflow_version="2.22.1"),
        lambda m: m.pop("mlflow_version"),
        lambda m: m.update(metadata={"team": "x"}, env_vars=[]),
        lambda m: flavor("sklearn")(m).pop("serialization_format"),
        lambda m: m.pop("signature"),
    ],
)
def test_what_makes_no_difference(folder: Path, change: Change) -> None:
    mlmodel = copy.deepcopy(read_mlmodel(folder))
    change(mlmodel)
    assert plan_direct(folder, mlmodel, LoadOptions()).flavor.name == "sklearn"


@pytest.mark.parametrize(
    "model, change, reason",
    [
        ("xgboost_classifier", {"model_class": "my.Booster"}, "its class is my.Booster"),
        ("lightgbm_classifier", {"serialization_format": "x"}, "its serialization format is 'x'"),
        ("catboost_classifier", {"model_type": "CatBoostX"}, "its type is 'CatBoostX'"),
    ],
)
def test_what_other_flavors_leave_to_mlflow(shelf: ModelShelf, model: str, change: Any, reason: str) -> None:
    mlmodel = copy.deepcopy(read_mlmodel(shelf.folder(model)))
    mlmodel["flavors"][model.partition("_")[0]].update(change)
    with pytest.raises(NotDirectError, match=reason):
        plan_direct(shelf.folder(model), mlmodel, LoadOptions())


@pytest.mark.parametrize(
    "model", ["xgboost_classifier", "lightgbm_booster", "catboost_regressor", "onnx_tensor", "statsmodels_ols"]
)
def test_other_flavors_have_one_method(shelf: ModelShelf, model: str) -> None:
    mlmodel = copy.deepcopy(read_mlmodel(shelf.folder(model)))
    pyfunc(mlmodel).update(predict_fn="predict_proba")
    with pytest.raises(NotDirectError, match="it predicts by 'predict_proba'"):
        plan_direct(shelf.folder(model), mlmodel, LoadOptions())


@pytest.mark.parametrize(
    "environ, changed",
    [
        ({}, None),
        ({"MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "True"}, None),
        ({"MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "1"}, None),
        ({"MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false"}, "MLFLOW_ALLOW_PICKLE_DESERIALIZATION"),
        ({"MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "0"}, "MLFLOW_ALLOW_PICKLE_DESERIALIZATION"),
        ({"MLFLOW_DISABLE_SCHEMA_DETAILS": "0"}, None),
        ({"MLFLOW_DISABLE_SCHEMA_DETAILS": "true"}, "MLFLOW_DISABLE_SCHEMA_DETAILS"),
        ({"MLFLOW_DISABLE_SCHEMA_DETAILS": "what"}, "MLFLOW_DISABLE_SCHEMA_DETAILS"),
    ],
)
def test_switches_of_mlflow(folder: Path, environ: Dict[str, str], changed: Any) -> None:
    options = LoadOptions(environ=environ)
    assert changed_switch(options) == changed
    if changed is not None:
        with pytest.raises(NotDirectError, match=f"{changed} is set"):
            plan_direct(folder, read_mlmodel(folder), options)


def test_a_model_config_is_left_to_mlflow(folder: Path) -> None:
    with pytest.raises(NotDirectError, match="model_config"):
        plan_direct(folder, read_mlmodel(folder), LoadOptions(model_config={"a": 1}))


def test_the_loader_may_be_chosen(folder: Path, capfd: Any) -> None:
    assert isinstance(load_model(folder, LoadOptions(AUTO)), DirectModel)
    assert isinstance(load_model(folder, LoadOptions(PYFUNC)), PyfuncModel)
    assert "mlflow.pyfunc" not in capfd.readouterr().err


def test_the_log_says_why_mlflow_loads(shelf: ModelShelf, capfd: Any) -> None:
    assert isinstance(load_model(shelf.folder("echo"), LoadOptions()), PyfuncModel)
    assert "caisson loads the model with mlflow.pyfunc: its loader is mlflow.pyfunc." in capfd.readouterr().err


@pytest.mark.parametrize(
    "model, loader, expected",
    [
        ("iris_named", AUTO, True),
        ("iris_named", PYFUNC, False),
        ("echo", AUTO, False),
        ("xgboost_classifier", AUTO, True),
        ("onnx_tensor", AUTO, False),
    ],
)
def test_which_models_are_loaded_before_a_fork(shelf: ModelShelf, model: str, loader: str, *, expected: bool) -> None:
    assert shares_memory(shelf.folder(model), LoadOptions(loader)) is expected


def test_asking_imports_no_numpy(shelf: ModelShelf) -> None:
    """The supervisor asks, and OpenBLAS would start its threads there before they are limited."""
    script = (
        "import sys; from pathlib import Path; from caisson_server import compose; "
        "from caisson_server.startup.settings import Settings; "
        "print(compose.shares_memory(Path(sys.argv[1]), Settings()), 'numpy' in sys.modules)"
    )
    for model in ("iris_named", "iris_params", "onnx_tensor"):
        run = subprocess.run(
            [sys.executable, "-c", script, str(shelf.folder(model))],
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stdout.split() == [str(model != "onnx_tensor"), "False"]
