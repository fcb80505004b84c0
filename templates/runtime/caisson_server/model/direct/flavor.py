"""What a flavor's loader gets and gives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Mapping, Optional

from ...signature.types import Signature
from ..port import RowWise


class NotDirectError(Exception):
    """Why a model has to be loaded by mlflow.pyfunc. The text stands in the log."""


@dataclass(frozen=True)
class SavedModel:
    """The parts of an MLmodel file that a loader needs."""

    folder: Path
    #: `flavors.python_function`
    pyfunc: Mapping[str, Any]
    #: `flavors.sklearn`, or whichever flavor it is.
    flavor: Mapping[str, Any]
    signature: Signature

    @property
    def predict_fn(self) -> str:
        """The method that predicts: `pyfunc_predict_fn` of when the model was saved."""
        return str(self.pyfunc.get("predict_fn", "predict"))


@dataclass(frozen=True)
class Predictor:
    """A loaded model behind the functions that its pyfunc wrapper has. `params` are enforced."""

    predict: Callable[[Any, Any], Any]
    row_wise: RowWise
    #: The same for the plain array of PlainRows; None where it cannot stand for a DataFrame.
    predict_rows: Optional[Callable[[Any, Any], Any]] = None


@dataclass(frozen=True)
class Flavor:
    """One flavor's loader. `check` raises NotDirectError; it may only look at what was saved, and import nothing."""

    name: str
    check: Callable[[SavedModel], None]
    load: Callable[[SavedModel], Predictor]
    shares_memory: bool


def file_of(saved: SavedModel, name: Any) -> Path:
    """A file or folder of the model. Raises NotDirectError when the MLmodel file does not name one that exists."""
    if not isinstance(name, str) or not name:
        raise NotDirectError("its MLmodel file does not say where the model's data are")
    path = saved.folder / name
    if not path.exists():
        raise NotDirectError(f"'{name}' is not in the model's folder")
    return path


def check_predicts(saved: SavedModel) -> None:
    """Raise NotDirectError for a flavor whose wrapper has no other method than `predict`."""
    if saved.predict_fn != "predict":
        raise NotDirectError(f"it predicts by '{saved.predict_fn}'")
