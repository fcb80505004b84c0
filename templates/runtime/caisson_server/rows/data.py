"""`inputs` of `/predict` to what the model takes."""

from __future__ import annotations

from typing import Any

from ..model.port import Model
from ..protocol.plain_columns import plain_columns
from ..signature.types import Signature
from .arrays import arrays_of
from .errors import InputsError, LayoutError, one_line
from .headline import headline
from .plain import positional_rows
from .table import frame_of
from .unsigned import data_of


class RowsReader:
    """Reads for one model, by its signature and, without one, by its loader."""

    def __init__(self, model: Model) -> None:
        self._signature = model.signature
        self._loader = model.loader
        self._columns = plain_columns(model.signature) if model.takes_plain_rows else None

    def read(self, inputs: Any) -> Any:
        """Data for Model.enforce. Raises InputsError naming row and column."""
        rows = None if self._columns is None else positional_rows(inputs, self._columns)
        return model_data(inputs, self._signature, self._loader) if rows is None else rows


def model_data(inputs: Any, signature: Signature, loader: str) -> Any:
    """The inputs as the signature wants them. Raises InputsError naming row and column."""
    try:
        return _fitted(inputs, signature, loader)
    except (LayoutError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise InputsError(headline(signature), one_line(str(error))) from error


def _fitted(inputs: Any, signature: Signature, loader: str) -> Any:
    if signature.from_type_hint:
        return inputs
    if signature.inputs is None:
        return data_of(inputs, loader)
    if signature.inputs.tensors:
        return arrays_of(inputs, signature.inputs)
    return frame_of(inputs, signature.inputs)
