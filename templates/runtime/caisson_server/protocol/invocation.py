"""A body of `/invocations` in any content type to what the model takes."""

from __future__ import annotations

from typing import Dict, Optional

from ..signature.types import Signature
from .errors import UnsupportedMediaTypeError
from .json_forms import PROTOCOL_CHANGE, ModelInput, parse_json
from .plain_columns import PlainColumns
from .tables import frame_from_csv, frame_from_parquet

JSON = "application/json"
CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"


def parse_invocation(
    body: bytes, content_type: Optional[str], signature: Signature, columns: Optional[PlainColumns] = None
) -> ModelInput:
    """Parse the body by its content type; none at all is taken as JSON.

    `columns` are given for models that take PlainRows. Raises UnsupportedMediaTypeError and RequestError.
    """
    if content_type is None or content_type == JSON:
        return parse_json(body, signature, columns)
    media_type = _media_type(content_type)
    if media_type == CSV:
        return ModelInput(frame_from_csv(body, signature.inputs))
    if media_type == PARQUET:
        return ModelInput(frame_from_parquet(body))
    return parse_json(body, signature, columns)


def _media_type(content_type: str) -> str:
    media_type, *pairs = (part.strip() for part in content_type.split(";"))
    parameters: Dict[str, str] = {}
    for pair in pairs:
        key, _, value = pair.partition("=")
        parameters[key] = value
    if parameters.pop("charset", "utf-8").lower() != "utf-8":
        raise UnsupportedMediaTypeError("The scoring server only supports UTF-8")
    if parameters:
        unexpected = ", ".join(sorted(parameters))
        raise UnsupportedMediaTypeError(f"Unrecognized content type parameters: {unexpected}. {PROTOCOL_CHANGE}")
    if media_type in (JSON, CSV, PARQUET):
        return media_type
    raise UnsupportedMediaTypeError(
        "This predictor only supports the following content types:"
        f" Types: {[CSV, JSON, PARQUET]}. Got '{content_type}'."
    )
