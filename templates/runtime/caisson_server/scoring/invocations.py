"""MLflow's `/invocations`: its protocol, its words for what is wrong."""

from __future__ import annotations

from typing import Any

from .. import log
from ..encoding import encode_predictions, to_json
from ..model.port import Model, PlainRows
from ..protocol.errors import INTERNAL_ERROR, RequestError, UnsupportedMediaTypeError, printed
from ..protocol.invocation import parse_invocation
from ..protocol.plain_columns import plain_columns
from ..redaction import HidePaths
from ..web.answer import BAD_INPUT, MODEL_ERROR, TEXT_TYPE, Answer
from .nesting import breaks_by_nesting
from .port import Asked, Call, RefusedError
from .unwritable import UnwritableError

_MODEL_FAILED = RequestError(
    "Encountered an unexpected error while evaluating the model. Verify"
    " that the serialized input Dataframe is compatible with the model for"
    " inference."
)
_UNREADABLE = RequestError("Invalid input. The request cannot be read.")
_SERVER_ERRORS = 500


class InvocationsDialect:
    """Satisfies port.Dialect. The memo says whether the answer has a `predictions` key."""

    is_quick = True

    def __init__(self, model: Model, hide_paths: HidePaths) -> None:
        self._signature = model.signature
        self._columns = plain_columns(model.signature) if model.takes_plain_rows else None
        self._hide_paths = hide_paths

    def read(self, call: Call) -> Asked:
        """See port.Dialect."""
        try:
            found = parse_invocation(call.body, call.content_type, self._signature, self._columns)
        except UnsupportedMediaTypeError as error:
            raise RefusedError(Answer(415, str(error).encode(), TEXT_TYPE, BAD_INPUT)) from error
        except RequestError as error:
            raise RefusedError(self._refuse(error)) from error
        except Exception as error:
            # Hostile input finds ways that no parser foresees.
            log.exception(call.request_id, error)
            raise RefusedError(self._refuse(_UNREADABLE)) from error
        return Asked(found.data, found.params, found.wrapped)

    def write(self, predictions: Any, asked: Asked, call: Call) -> Answer:
        """See port.Dialect."""
        del call
        try:
            return Answer(200, encode_predictions(predictions, wrapped=asked.memo))
        except Exception as error:
            raise UnwritableError from error

    def blame(self, error: BaseException, asked: Asked, call: Call) -> Answer:
        """See port.Dialect."""
        if breaks_by_nesting(error, call.body):
            return self._refuse(_UNREADABLE)
        if isinstance(error, RequestError):
            return self._refuse(self._with_data(error, asked, call))
        if isinstance(error, UnwritableError):
            log.exception(call.request_id, error.reason)
            return self._refuse(_unwritable(error))
        log.exception(call.request_id, error)
        return self._refuse(_MODEL_FAILED, MODEL_ERROR)

    def _refuse(self, error: RequestError, outcome: str = BAD_INPUT) -> Answer:
        if error.status >= _SERVER_ERRORS:
            outcome = MODEL_ERROR
        body = error.body()
        body["message"] = self._hide_paths(body["message"])
        return Answer(error.status, to_json(body), outcome=outcome)

    def _with_data(self, error: RequestError, asked: Asked, call: Call) -> RequestError:
        """MLflow's message repeats what it parsed, as its own types print it."""
        data = asked.data
        if isinstance(data, PlainRows):
            data = parse_invocation(call.body, call.content_type, self._signature).data
        return RequestError(
            f"Failed to predict data '{printed(data)}'. \nError: {error.message}",
            error_code=error.error_code,
            fields=error.fields,
            status=error.status,
        )


def _unwritable(error: UnwritableError) -> RequestError:
    return RequestError(str(error), error_code="INTERNAL_ERROR", fields=INTERNAL_ERROR, status=500)
