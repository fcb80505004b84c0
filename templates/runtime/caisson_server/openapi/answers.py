"""The answers of a route: the good one, and the errors that it gives in its own words."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Sequence

from .description import Description
from .schemas import TEXT, ref
from .types import JsonSchema

JSON = "application/json"

_ABOUT: Mapping[int, str] = {
    400: "the body is not what the model takes",
    401: "an API key is needed",
    413: "the body is larger than 100 MiB",
    415: "the content type is not one of these",
    500: "the model failed; the log has the reason under the id of the request",
    503: "not now: the model is being loaded, the server is stopping, or too many requests wait",
    504: "the prediction took longer than it may",
}
_SCORING = (400, 413, 500, 503, 504)


def scoring_answers(good: Mapping[str, Any], error: str, description: Description) -> Dict[str, Any]:
    """Of a route that predicts; `error` is the schema of its errors, `good` the content of its answer."""
    return {"200": _answer("the predictions", good), **faults(_SCORING, error, description)}


def page_answers(about: str, good: Mapping[str, Any], statuses: Sequence[int], error: str) -> Dict[str, Any]:
    """Of a route that only tells something."""
    return {"200": _answer(about, good), **{str(status): _fault(status, error) for status in statuses}}


def faults(statuses: Sequence[int], error: str, description: Description) -> Dict[str, Any]:
    """The errors with these statuses, and 401 where a key is needed."""
    all_statuses = sorted({*statuses, *((401,) if description.needs_api_key else ())})
    return {str(status): _fault(status, error) for status in all_statuses}


def unsupported_type() -> Dict[str, Any]:
    """415, which MLflow answers with text."""
    return {"415": _answer(_ABOUT[415], {"text/plain": {"schema": TEXT}})}


def json_content(schema: JsonSchema, **more: Any) -> Dict[str, Any]:
    """The content of a JSON body."""
    return {JSON: {"schema": schema, **more}}


def _fault(status: int, error: str) -> Dict[str, Any]:
    answer = _answer(_ABOUT[status], json_content(ref(error)))
    if status == 503:  # noqa: PLR2004 - its only one of its kind
        answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}}
    return answer


def _answer(about: str, content: Mapping[str, Any]) -> Dict[str, Any]:
    return {"description": about, "content": dict(content)}
