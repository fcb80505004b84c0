"""caisson's `/predict`: rows in, predictions out, and errors that name row and column."""

from __future__ import annotations

from typing import Any, Callable, Optional

from .. import log
from ..encoding import encode_predictions, to_json
from ..model.port import Model
from ..protocol.errors import RequestError
from ..redaction import HidePaths
from ..rows.body import PredictBody, decode_body
from ..rows.data import RowsReader
from ..rows.errors import BAD_JSON, TOO_DEEP, InputsError, one_line
from ..rows.headline import headline
from ..rows.refusal import refusal
from ..web.answer import BAD_INPUT, MODEL_ERROR, Answer
from .nesting import breaks_by_nesting
from .port import Asked, Call, RefusedError
from .unwritable import UnwritableError

_IN_THE_LOG = "the log has the reason under the id of this request"
#: What a handler's `pre` raises for inputs that it does not take.
_REFUSALS = (ValueError, TypeError, LookupError)


class PredictDialect:
    """Satisfies port.Dialect. The memo is the `inputs`, as a handler's `pre` left them.

    `handler` may have `pre(inputs)`, which gives what is used instead of the decoded `inputs` (values of JSON, or
    arrays), and `post(predictions)`, which gives what is written as `predictions`.
    """

    def __init__(self, model: Model, hide_paths: HidePaths, handler: Optional[Any] = None) -> None:
        self._signature = model.signature
        self._reader = RowsReader(model)
        self._hide_paths = hide_paths
        # What a handler does may take any time, and would hold up all that are predicted together.
        self.is_quick = handler is None
        self._pre = getattr(handler, "pre", None)
        self._post = getattr(handler, "post", None)

    def read(self, call: Call) -> Asked:
        """See port.Dialect."""
        try:
            body = decode_body(call.body)
            inputs = body.inputs if self._pre is None else self._handled(self._pre, body, call)
            return Asked(self._reader.read(inputs), body.params, inputs)
        except InputsError as error:
            raise RefusedError(self._refuse(error)) from error

    def write(self, predictions: Any, asked: Asked, call: Call) -> Answer:
        """See port.Dialect."""
        del asked, call
        if self._post is not None:
            try:
                predictions = self._post(predictions)
            except BaseException as error:
                raise _HandlerError from error
        try:
            return Answer(200, encode_predictions(predictions, wrapped=True))
        except Exception as error:
            raise UnwritableError from error

    def blame(self, error: BaseException, asked: Asked, call: Call) -> Answer:
        """See port.Dialect."""
        if isinstance(error, _HandlerError):
            log.exception(call.request_id, error.__cause__ or error)
            return _failure("The handler failed", _IN_THE_LOG)
        if breaks_by_nesting(error, call.body):
            return self._refuse(InputsError(BAD_JSON, TOO_DEEP))
        if isinstance(error, UnwritableError):
            log.exception(call.request_id, error.reason)
            return _failure("The model failed", str(error))
        refused = refusal(error, asked.memo, self._signature)
        if refused is None or not isinstance(error, RequestError):
            # A RequestError says nothing more than its answer does, and repeats the inputs.
            log.exception(call.request_id, error)
        return _failure("The model failed", _IN_THE_LOG) if refused is None else self._refuse(refused)

    def _handled(self, pre: Callable[[Any], Any], body: PredictBody, call: Call) -> Any:
        """The inputs, as `pre` wants them. Raises InputsError when it refuses them, RefusedError when it fails."""
        try:
            inputs = pre(body.inputs)
        except _REFUSALS as error:
            raise InputsError(headline(self._signature), _reason(error)) from error
        except BaseException as error:
            log.exception(call.request_id, error)
            raise RefusedError(_failure("The handler failed", _IN_THE_LOG)) from error
        return inputs.tolist() if hasattr(inputs, "tolist") else inputs

    def _refuse(self, error: InputsError) -> Answer:
        body = {**error.body(), "detail": self._hide_paths(error.detail)}
        return Answer(400, to_json(body), outcome=BAD_INPUT)


def _reason(error: Exception) -> str:
    """A KeyError's own text is only the key."""
    text, name = one_line(str(error)), type(error).__name__
    if not text:
        return name
    return f"{name}: {text}" if isinstance(error, KeyError) else text


class _HandlerError(Exception):
    """The handler's `post` raised."""


def _failure(sentence: str, detail: str) -> Answer:
    return Answer(500, to_json({"error": sentence, "detail": detail}), outcome=MODEL_ERROR)
