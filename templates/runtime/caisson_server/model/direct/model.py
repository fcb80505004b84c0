"""A model that a flavor's own loader loaded."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

from ...enforcement.enforce import enforce
from ...enforcement.params import enforce_params
from ..mlflow_errors import as_request_error
from ..port import Enforced, PlainRows
from .plan import DirectPlan


class DirectModel:
    """Predicts as MLflow's PyFuncModel does, without it. Satisfies port.Model."""

    loaded_by = "direct"

    def __init__(self, plan: DirectPlan) -> None:
        """Load the model. Raises whatever its library raises."""
        saved = plan.saved
        code = saved.pyfunc.get("code")
        if code:
            # Where MLflow puts the code that was saved with the model: before everything else.
            sys.path.insert(0, str(saved.folder / code))
        predictor = plan.flavor.load(saved)
        self._predict = predictor.predict
        self._predict_rows = predictor.predict_rows or _refuse_rows
        self.signature = saved.signature
        self.loader = str(saved.pyfunc["loader_module"])
        self.mlflow_version = _installed_version() or plan.saved_by
        self.takes_plain_rows = predictor.predict_rows is not None
        self.row_wise = predictor.row_wise

    def enforce(self, data: Any, params: Any) -> Enforced:
        """See port.Model."""
        if isinstance(data, PlainRows):
            return Enforced(data, enforce_params(params, self.signature.params))
        return Enforced(*enforce(data, params, self.signature))

    def run(self, enforced: Enforced) -> Any:
        """See port.Model."""
        data = enforced.data
        try:
            if isinstance(data, PlainRows):
                return self._predict_rows(data.array, enforced.params)
            return self._predict(data, enforced.params)
        except Exception as error:
            refusal = as_request_error(error)
            if refusal is None:
                raise
            raise refusal from error

    def predict(self, data: Any, params: Any) -> Any:
        """See port.Model."""
        return self.run(self.enforce(data, params))


def _refuse_rows(_array: Any, _params: Any) -> Any:
    raise TypeError("the model does not take plain rows")


def _installed_version() -> str:
    """The version of MLflow that the model's environment has, which MLflow's own server would answer."""
    try:
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - 20 ms
    except ImportError:
        return ""
    for package in ("mlflow", "mlflow-skinny"):
        with suppress(PackageNotFoundError):
            return version(package)
    return ""
