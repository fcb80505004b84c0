"""The OpenAPI 3.1 document of `/openapi.json`."""

from __future__ import annotations

import json
from typing import Any, Dict

from .description import Description
from .examples import Examples, examples_of
from .inference import inference_paths
from .inputs import components
from .operation import operation_paths
from .schemas import answers, infer_request, invocations_request, predict_request, score_request
from .scoring import scoring_paths

_SECURITY_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}


def document(description: Description) -> Dict[str, Any]:
    """The document as JSON has it, but that numbers of the model may be NaN: see `document_json`."""
    examples = examples_of(description)
    secured: Dict[str, Any] = {}
    if description.needs_api_key:
        secured = {"security": [{"bearer": []}, {"apiKey": []}]}
    return {
        "openapi": "3.1.0",
        "info": _info(description),
        **secured,
        "paths": _paths(description, examples),
        "components": _components(description),
    }


def document_json(description: Description) -> bytes:
    """The body of `/openapi.json`: ASCII, and valid JSON whatever numbers and texts the model has."""
    value = document(description)
    try:
        return json.dumps(value, allow_nan=False).encode("ascii")
    except ValueError:
        return json.dumps(json.loads(json.dumps(value), parse_constant=_null)).encode("ascii")


def _info(description: Description) -> Dict[str, Any]:
    facts = {
        "model": description.model_uri,
        "loaded by": description.loader,
        "MLflow": description.mlflow_version,
        "caisson": description.caisson_version,
    }
    lines = [f"- {name}: {value}" for name, value in facts.items() if value]
    return {
        "title": description.identity.name,
        "version": description.identity.version or description.caisson_version or "0",
        "description": "\n".join(["Predictions of an MLflow model, served by caisson.", "", *lines]),
    }


def _paths(description: Description, examples: Examples) -> Dict[str, Any]:
    return {
        **scoring_paths(description, examples),
        **inference_paths(description, examples),
        **operation_paths(description),
    }


def _components(description: Description) -> Dict[str, Any]:
    signature = description.signature
    schemas = {
        "PredictRequest": predict_request(signature, is_free=description.has_handler),
        "InvocationsRequest": invocations_request(signature),
        "ScoreRequest": score_request(signature),
        "InferRequest": infer_request(),
        **components(signature),
        **answers(),
    }
    found: Dict[str, Any] = {"schemas": schemas}
    if description.needs_api_key:
        found["securitySchemes"] = _SECURITY_SCHEMES
    return found


def _null(_constant: str) -> None:
    return None
