"""One request's body to one answer. Blocks while the model predicts, so it runs in a thread; never raises."""

from __future__ import annotations

from typing import Any, Optional

from . import log
from .encoding import encode_predictions, to_json
from .model.port import Model
from .protocol.errors import INTERNAL_ERROR, RequestError
from .protocol.invocation import UnsupportedMediaTypeError, parse_invocation
from .protocol.json_forms import ModelInput
from .redaction import HidePaths
from .rows.body import PredictBody, decode_body, model_data
from .rows.errors import InputsError
from .rows.refusal import refusal
from .web.answer import BAD_INPUT, MODEL_ERROR, TEXT_TYPE, Answer
from .web.state import Call

_MODEL_FAILED = RequestError(
    "Encountered an unexpected error while evaluating the model. Verify"
    " that the serialized input Dataframe is compatible with the model for"
    " inference."
)
_UNREADABLE = RequestError("Invalid input. The request cannot be read.")
_UNWRITABLE = RequestError(
    "The predictions of the model cannot be written as JSON.",
    error_code="INTERNAL_ERROR",
    fields=INTERNAL_ERROR,
    status=500,
)
_SERVER_ERRORS = 500


class ModelScorer:
    """Answers `/invocations` and `/predict` with one model. Satisfies web.state.Scorer."""

    def __init__(self, model: Model, hide_paths: HidePaths) -> None:
        self._model = model
        self._hide_paths = hide_paths
        self.version = model.mlflow_version

    def invocations(self, call: Call) -> Answer:
        """MLflow's scoring protocol."""
        try:
            model_input = parse_invocation(call.body, call.content_type, self._model.signature)
        except UnsupportedMediaTypeError as error:
            return Answer(415, str(error).encode(), TEXT_TYPE, BAD_INPUT)
        except RequestError as error:
            return self._refuse(error)
        except Exception as error:  # noqa: BLE001 - hostile input finds ways that no parser foresees
            log.exception(call.request_id, error)
            return self._refuse(_UNREADABLE)
        return self._score(model_input, call)

    def predict(self, call: Call) -> Answer:
        """caisson's own protocol."""
        try:
            body = decode_body(call.body)
            data = model_data(body.inputs, self._model.signature, self._model.loader)
        except InputsError as error:
            return self._refuse_inputs(error)
        try:
            predictions = self._model.predict(data, body.params)
        except BaseException as error:  # noqa: BLE001 - a model may even call sys.exit
            return self._blame(error, body, call)
        return self._encode(predictions, call) or _predict_failure(_UNWRITABLE.message)

    def _score(self, model_input: ModelInput, call: Call) -> Answer:
        try:
            predictions = self._model.predict(model_input.data, model_input.params)
        except RequestError as error:
            return self._refuse(_with_data(error, model_input.data))
        except BaseException as error:  # noqa: BLE001 - a model may even call sys.exit
            log.exception(call.request_id, error)
            return self._refuse(_MODEL_FAILED, MODEL_ERROR)
        answer = self._encode(predictions, call, wrapped=model_input.wrapped)
        return answer or self._refuse(_UNWRITABLE)

    def _encode(self, predictions: Any, call: Call, *, wrapped: bool = True) -> Optional[Answer]:
        """None when the predictions are nothing that JSON can say."""
        try:
            return Answer(200, encode_predictions(predictions, wrapped=wrapped))
        except Exception as error:  # noqa: BLE001 - models return anything
            log.exception(call.request_id, error)
            return None

    def _refuse(self, error: RequestError, outcome: str = BAD_INPUT) -> Answer:
        if error.status >= _SERVER_ERRORS:
            outcome = MODEL_ERROR
        body = error.body()
        body["message"] = self._hide_paths(body["message"])
        return Answer(error.status, to_json(body), outcome=outcome)

    def _blame(self, error: BaseException, body: PredictBody, call: Call) -> Answer:
        """The inputs where they are to blame, else the model."""
        log.exception(call.request_id, error)
        inputs_error = refusal(error, body.inputs, self._model.signature)
        if inputs_error is not None:
            return self._refuse_inputs(inputs_error)
        return _predict_failure("the log has the reason under the id of this request")

    def _refuse_inputs(self, error: InputsError) -> Answer:
        body = {**error.body(), "detail": self._hide_paths(error.detail)}
        return Answer(400, to_json(body), outcome=BAD_INPUT)


def _predict_failure(detail: str) -> Answer:
    return Answer(500, to_json({"error": "The model failed", "detail": detail}), outcome=MODEL_ERROR)


def _with_data(error: RequestError, data: Any) -> RequestError:
    return RequestError(
        f"Failed to predict data '{data}'. \nError: {error.message}",
        error_code=error.error_code,
        fields=error.fields,
        status=error.status,
    )
