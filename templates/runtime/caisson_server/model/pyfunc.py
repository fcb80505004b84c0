"""Any MLflow model, through `mlflow.pyfunc`."""

from __future__ import annotations

import inspect
import os
from pathlib import Path
from typing import Any, Mapping, Optional

from ..errors import StartupError
from ..signature.parse import parse_signature
from .mlflow_errors import as_request_error
from .mlmodel import read_mlmodel
from .port import Enforced, RowWise


class PyfuncModel:
    """A model loaded by MLflow, which also enforces its signature. Satisfies port.Model."""

    loaded_by = "pyfunc"
    takes_plain_rows = False
    row_wise = RowWise(certain=False, reason="it was loaded by mlflow.pyfunc, nothing is known about it")

    def __init__(self, pyfunc: Any, mlmodel: Mapping[str, Any], mlflow_version: str) -> None:
        self._predict = pyfunc.predict
        self._takes_params = "params" in inspect.signature(pyfunc.predict).parameters
        self.signature = parse_signature(mlmodel)
        self.loader = str(mlmodel.get("flavors", {}).get("python_function", {})["loader_module"])
        self.mlflow_version = mlflow_version

    def enforce(self, data: Any, params: Any) -> Enforced:
        """Return both as they are: MLflow enforces when it predicts."""
        return Enforced(data, params)

    def run(self, enforced: Enforced) -> Any:
        """See port.Model."""
        try:
            if self._takes_params:
                return self._predict(enforced.data, params=enforced.params)
            return self._predict(enforced.data)
        except Exception as error:
            refusal = as_request_error(error)
            if refusal is None:
                raise
            raise refusal from error

    def predict(self, data: Any, params: Any) -> Any:
        """See port.Model."""
        return self.run(self.enforce(data, params))


def load_pyfunc(folder: Path, model_config: Optional[Mapping[str, Any]]) -> PyfuncModel:
    """Load the model of a folder. Raises StartupError without MLflow, and whatever loading raises."""
    return load_parsed(folder, read_mlmodel(folder), model_config)


def load_parsed(folder: Path, mlmodel: Mapping[str, Any], model_config: Optional[Mapping[str, Any]]) -> PyfuncModel:
    """As load_pyfunc, where the MLmodel file was read before."""
    _prepare_environment()
    try:
        import mlflow.pyfunc  # noqa: PLC0415 - heavy
        from mlflow.version import VERSION  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise StartupError(f"the image lacks a Python package: {error}") from error
    options = {"model_config": dict(model_config)} if model_config else {}
    return PyfuncModel(mlflow.pyfunc.load_model(str(folder), **options), mlmodel, str(VERSION))


def _prepare_environment() -> None:
    """Tell MLflow that it serves, as its own server does, and that it must not call home."""
    os.environ["_MLFLOW_IS_IN_SERVING_ENVIRONMENT"] = "true"
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
