"""Objects that MLflow wrote with pickle, cloudpickle or skops."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any, Optional, Sequence

from .flavor import NotDirectError
from .skops_estimators import estimators_of

PICKLE = "pickle"
CLOUDPICKLE = "cloudpickle"
SKOPS = "skops"


def check_format(serialization: Any) -> None:
    """Raise NotDirectError for a format that is not one of the three."""
    if serialization not in (PICKLE, CLOUDPICKLE, SKOPS):
        raise NotDirectError(f"its serialization format is {serialization!r}")


def read_serialized(path: Path, serialization: str, trusted: Optional[Sequence[str]]) -> Any:
    """The object. `trusted` are the types that skops may make. Raises what the library or the object raises."""
    if serialization == SKOPS:
        with estimators_of(path):
            import skops.io  # noqa: PLC0415 - of the model's environment

        return skops.io.load(str(path), trusted=trusted)
    with path.open("rb") as file:
        if serialization == PICKLE:
            return pickle.load(file)  # noqa: S301 - the model is code that the user chose to run
        import cloudpickle  # noqa: PLC0415

        return cloudpickle.load(file)
