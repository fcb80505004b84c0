"""`POST /v2/models/<name>/infer`, for the scorer."""

from __future__ import annotations

from typing import Any, Dict, Optional

from .. import log
from ..encoding import to_json
from ..model.port import Model
from ..protocol.errors import RequestError
from ..redaction import HidePaths
from ..rows.errors import InputsError, one_line
from ..rows.refusal import refusal
from ..scoring.port import Asked, Call, RefusedError
from ..scoring.unwritable import UnwritableError
from ..signature.types import Schema
from ..web.answer import BAD_INPUT, MODEL_ERROR, Answer
from .datatypes import BYTES
from .errors import InferError
from .identity import Identity
from .inputs import InputsReader
from .outputs import tensors_of
from .request import InferRequest, read_request
from .response import response

_MODEL_FAILED = "The model failed: the log has the reason under the id of this request"


class OpenInferenceDialect:
    """Satisfies scoring.port.Dialect. The memo is the InferRequest.

    `outputs` is the signature's schema of outputs, whose names the answer uses.
    """

    is_quick = True

    def __init__(self, model: Model, identity: Identity, outputs: Optional[Schema], hide_paths: HidePaths) -> None:
        self._signature = model.signature
        self._identity = identity
        self._outputs = outputs
        self._inputs = InputsReader(model)
        self._hide_paths = hide_paths

    def read(self, call: Call) -> Asked:
        """See port.Dialect."""
        try:
            request = read_request(call)
            return Asked(self._inputs.read(request), self._params(request), request)
        except InferError as error:
            raise RefusedError(self._refuse(str(error))) from error
        except InputsError as error:
            raise RefusedError(self._refuse(error.detail)) from error
        except Exception as error:
            # Hostile input finds ways that no parser foresees.
            log.exception(call.request_id, error)
            raise RefusedError(self._refuse("the request cannot be read")) from error

    def write(self, predictions: Any, asked: Asked, call: Call) -> Answer:
        """See port.Dialect."""
        try:
            tensors = tensors_of(predictions, self._outputs)
            return response(tensors, asked.memo, self._identity, call.request_id)
        except InferError as error:
            return self._refuse(str(error))
        except Exception as error:
            raise UnwritableError from error

    def blame(self, error: BaseException, asked: Asked, call: Call) -> Answer:
        """See port.Dialect."""
        if isinstance(error, UnwritableError):
            log.exception(call.request_id, error.reason)
            return _failure(f"The model failed: {error}")
        refused = refusal(error, _texts_of(asked.memo), self._signature)
        if refused is None or not isinstance(error, RequestError):
            # What MLflow's own words refuse is in the answer already, whole.
            log.exception(call.request_id, error)
        return _failure(_MODEL_FAILED) if refused is None else self._refuse(refused.detail)

    def _params(self, request: InferRequest) -> Optional[Dict[str, Any]]:
        """Those parameters of the request that the model knows: others are the protocol's own, and its extensions'."""
        params = {name: value for name, value in request.parameters.items() if name in self._signature.parameters}
        return params or None

    def _refuse(self, text: str) -> Answer:
        return Answer(400, to_json({"error": self._hide_paths(one_line(text))}), outcome=BAD_INPUT)


def _failure(text: str) -> Answer:
    return Answer(500, to_json({"error": text}), outcome=MODEL_ERROR)


def _texts_of(request: Any) -> Any:
    """The first input where it is no numbers, for the words of a refusal."""
    first = request.inputs[0] if isinstance(request, InferRequest) else None
    return [] if first is None or first.datatype != BYTES else first.array.tolist()
