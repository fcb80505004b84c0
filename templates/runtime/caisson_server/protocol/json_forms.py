"""The JSON bodies of `/invocations`."""

from __future__ import annotations

from typing import Any, Dict, Mapping, NamedTuple, Optional, Tuple

from ..signature.types import Signature
from .errors import MAX_MESSAGE, RequestError, invalid_input
from .frames import frame_from_records, frame_from_split
from .json_text import decode_json
from .plain_columns import PlainColumns
from .plain_forms import plain_rows
from .tensors import parse_tensors

FORMS = frozenset(("dataframe_records", "dataframe_split", "inputs", "instances"))
_LLM_KEYS = frozenset(("messages", "prompt", "input"))

_REQUIRED_FORM = (
    "The input must be a JSON dictionary with exactly one of the input fields "
    "{'dataframe_records', 'dataframe_split', 'inputs', 'instances'}"
)
PROTOCOL_CHANGE = (
    "IMPORTANT: The MLflow Model scoring protocol has changed in MLflow version 2.0. If you are"
    " seeing this error, you are likely using an outdated scoring request format. To resolve the"
    " error, either update your request format or adjust your MLflow Model's requirements file to"
    " specify an older version of MLflow (for example, change the 'mlflow' requirement specifier"
    " to 'mlflow==1.30.0'). If you are making a request using the MLflow client"
    " (e.g. via `mlflow.pyfunc.spark_udf()`), upgrade your MLflow client to a version >= 2.0 in"
    " order to use the new request format. For more information about the updated MLflow"
    " Model scoring protocol in MLflow 2.0, see"
    " https://mlflow.org/docs/latest/models.html#deploy-mlflow-models."
)


class ModelInput(NamedTuple):
    """What goes to the model. `wrapped` says whether the answer has a `predictions` key."""

    data: Any
    #: None, or what the request holds: MLflow's client checks it against the signature.
    params: Any = None
    wrapped: bool = True


def decode_object(body: bytes) -> Dict[str, Any]:
    """The JSON object of a body (UTF-8, -16 or -32). Raises RequestError for anything else."""
    try:
        decoded = decode_json(body)
    except (ValueError, RecursionError) as error:
        raise invalid_input(
            f"Ensure that input is a valid JSON formatted string. Error: '{error!r}'\nInput: \n{body[:MAX_MESSAGE]!r}\n"
        ) from error
    if isinstance(decoded, dict):
        return decoded
    if isinstance(decoded, list):
        raise invalid_input(f"{_REQUIRED_FORM}. Received a list.")
    raise invalid_input(f"{_REQUIRED_FORM}. Received unexpected input type '{type(decoded)}.")


def parse_json(body: bytes, signature: Signature, columns: Optional[PlainColumns]) -> ModelInput:
    """A JSON body to what the model takes. With `columns`, the usual bodies become PlainRows. Raises RequestError."""
    decoded = decode_object(body)
    if not _LLM_KEYS.isdisjoint(decoded):
        return _llm_input(decoded, signature.parameters)
    params = decoded.get("params")
    forms = {key: value for key, value in decoded.items() if key in FORMS}
    if signature.from_type_hint:
        return ModelInput(_type_hint_data(forms), params)
    return ModelInput(_parse_form(forms, signature, columns), params)


def _llm_input(decoded: Mapping[str, Any], parameters: Tuple[str, ...]) -> ModelInput:
    """All keys are data, but for those that the signature knows as parameters."""
    data = {key: value for key, value in decoded.items() if key not in parameters}
    params = {key: value for key, value in decoded.items() if key in parameters}
    return ModelInput(data, params, wrapped=False)


def _type_hint_data(forms: Dict[str, Any]) -> Any:
    if "inputs" in forms:
        return forms["inputs"]
    raise RequestError(
        "Request payload must be a dictionary with 'inputs' key when "
        f"the model contains a valid type hint. Found keys in payload: {forms.keys()}.",
        error_code="INVALID_PARAMETER_VALUE",
    )


def _parse_form(forms: Mapping[str, Any], signature: Signature, columns: Optional[PlainColumns]) -> Any:
    if len(forms) != 1:
        found = f"Received dictionary with input fields: {list(forms)}"
        raise RequestError(f"{_REQUIRED_FORM}. {found}. {PROTOCOL_CHANGE}")
    form, value = next(iter(forms.items()))
    rows = None if columns is None else plain_rows(form, value, columns)
    return _parse_value(form, value, signature) if rows is None else rows


def _parse_value(form: str, value: Any, signature: Signature) -> Any:
    if form == "dataframe_split":
        return frame_from_split(value, signature.inputs)
    if form == "dataframe_records":
        return frame_from_records(value, signature.inputs)
    return parse_tensors(form, value, signature.inputs)
