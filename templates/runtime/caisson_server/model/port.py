"""What the server needs of a model, however it was loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from ..signature.types import Signature


@dataclass(frozen=True)
class PlainRows:
    """Rows of all columns of the signature, in its order and cast to its types: nothing is left to enforce.

    `array` has the shape (rows, columns), the type `numpy.result_type` of the columns' types, and Fortran's order, as
    the values of a DataFrame have: some libraries round differently in the other order.
    """

    array: Any


@dataclass(frozen=True)
class Enforced:
    """Data and parameters that fit the signature. `data` stays a PlainRows when it was one."""

    data: Any
    params: Any


@dataclass(frozen=True)
class RowWise:
    """Whether the model predicts each row as if it were alone, so that requests may be put together.

    `reason` is for the log. A model that is not certain may still be row-wise.
    """

    certain: bool
    reason: str


class Model(Protocol):
    """A model that is ready to predict, from any thread."""

    signature: Signature
    #: The module that loaded it, as the MLmodel file names it: `mlflow.sklearn`.
    loader: str
    #: What loaded it here: "direct" or "pyfunc".
    loaded_by: str
    #: The version of MLflow that `/version` answers.
    mlflow_version: str
    #: PlainRows may stand for the DataFrame and give the same predictions to the bit.
    takes_plain_rows: bool
    row_wise: RowWise

    def enforce(self, data: Any, params: Any) -> Enforced:
        """Check `data` (PlainRows, DataFrame, array, dictionary of arrays, list or scalar) and `params`.

        `params` is None or what the request holds. Raises RequestError, in MLflow's words, when they do not fit.
        """

    def run(self, enforced: Enforced) -> Any:
        """Predictions. Raises whatever the model raises; an exception of MLflow's own becomes a RequestError."""

    def predict(self, data: Any, params: Any) -> Any:
        """`run(enforce(data, params))`."""
