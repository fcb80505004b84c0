"""What the server needs of a model, however it was loaded."""

from __future__ import annotations

from typing import Any, Protocol

from ..signature.types import Signature


class Model(Protocol):
    """A model that is ready to predict, from any thread."""

    signature: Signature
    #: The module that loaded it, as the MLmodel file names it: `mlflow.sklearn`.
    loader: str
    #: The version of MLflow that `/version` answers.
    mlflow_version: str

    def predict(self, data: Any, params: Any) -> Any:
        """Predictions for `data` (DataFrame, array, dictionary of arrays, list or scalar).

        `params` is None or what the request holds. Raises RequestError when data or params do not fit the signature,
        and whatever the model raises.
        """
