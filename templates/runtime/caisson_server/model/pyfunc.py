"""Any MLflow model, through `mlflow.pyfunc`."""

from __future__ import annotations

import inspect
import os
from pathlib import Path
from typing import Any, Dict, Mapping, Optional

from ..errors import StartupError
from ..protocol.errors import RequestError
from ..signature.parse import parse_signature
from .mlmodel import read_mlmodel


class PyfuncModel:
    """A model loaded by MLflow, which also enforces its signature. Satisfies port.Model."""

    def __init__(self, pyfunc: Any, mlmodel: Mapping[str, Any], mlflow_version: str) -> None:
        self._predict = pyfunc.predict
        self._takes_params = "params" in inspect.signature(pyfunc.predict).parameters
        self.signature = parse_signature(mlmodel)
        self.loader = str(mlmodel.get("flavors", {}).get("python_function", {})["loader_module"])
        self.mlflow_version = mlflow_version

    def predict(self, data: Any, params: Any) -> Any:
        """See port.Model."""
        from mlflow.exceptions import MlflowException  # noqa: PLC0415 - heavy, imported by load

        try:
            if self._takes_params:
                return self._predict(data, params=params)
            return self._predict(data)
        except MlflowException as error:
            raise _as_request_error(error) from error


def load_pyfunc(folder: Path, model_config: Optional[Mapping[str, Any]]) -> PyfuncModel:
    """Load the model of a folder. Raises StartupError without MLflow, and whatever loading raises."""
    _prepare_environment()
    mlmodel = read_mlmodel(folder)
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


def _as_request_error(error: Any) -> RequestError:
    """MLflow's exception with its codes; its stack trace stays out of the answer."""
    names = ("sqlstate", "error_class")
    fields: Dict[str, Any] = {name: getattr(error, name) for name in names if getattr(error, name, None) is not None}
    more = getattr(error, "json_kwargs", {})
    fields.update({name: value for name, value in more.items() if name != "stack_trace"})
    return RequestError(
        str(error.message),
        error_code=str(error.error_code),
        fields=fields,
        status=int(error.get_http_status_code()),
    )
