"""`POST /score`, for the scorer."""

from __future__ import annotations

from typing import Any

from ..encoding import encode_predictions, to_json
from ..model.port import Model
from ..redaction import HidePaths
from ..rows.data import RowsReader
from ..rows.errors import InputsError
from ..scoring.port import Asked, Call, RefusedError
from ..scoring.predict import PredictDialect
from ..scoring.unwritable import UnwritableError
from ..web.answer import BAD_INPUT, Answer
from .body import decode_score


class AzureDialect:
    """Satisfies scoring.port.Dialect. The memo is the `inputs`, as that of PredictDialect."""

    is_quick = True

    def __init__(self, model: Model, hide_paths: HidePaths) -> None:
        self._signature = model.signature
        self._reader = RowsReader(model)
        self._predict = PredictDialect(model, hide_paths)
        self._hide_paths = hide_paths

    def read(self, call: Call) -> Asked:
        """See port.Dialect."""
        try:
            body = decode_score(call.body, self._signature)
            return Asked(self._reader.read(body.inputs), body.params, body.inputs)
        except InputsError as error:
            answer = {"error": error.error, "detail": self._hide_paths(error.detail)}
            raise RefusedError(Answer(400, to_json(answer), outcome=BAD_INPUT)) from error

    def write(self, predictions: Any, asked: Asked, call: Call) -> Answer:
        """See port.Dialect. The predictions alone, as Azure's server gives them."""
        del asked, call
        try:
            return Answer(200, encode_predictions(predictions, wrapped=False))
        except Exception as error:
            raise UnwritableError from error

    def blame(self, error: BaseException, asked: Asked, call: Call) -> Answer:
        """See port.Dialect. In the words of `/predict`."""
        return self._predict.blame(error, asked, call)
