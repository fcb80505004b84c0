"""The routes for whoever runs the server, and those that describe it."""

from __future__ import annotations

from typing import Any, Dict

from .answers import JSON, faults, json_content, page_answers
from .description import Description
from .types import object_schema

_ERROR = "PlainError"
_METRICS: Dict[str, Any] = {"text/plain; version=0.0.4; charset=utf-8": {"schema": {"type": "string"}}}
_HTML: Dict[str, Any] = {"text/html": {"schema": {"type": "string"}}}


def operation_paths(description: Description) -> Dict[str, Any]:
    """Probes, version, metrics, and the description itself."""
    found = {
        "/ping": _probe("ping", "Whether the model is loaded", {JSON: {}}),
        "/health": _probe("health", "Whether the model is loaded", {JSON: {}}),
        "/health/live": _live(),
        "/health/ready": _probe("ready", "Whether the server takes requests", _status("ready")),
        "/version": _probe("version", "The version of MLflow, as bare text", {JSON: {}}),
        "/openapi.json": _page("openapi", "This document", json_content({"type": "object"}), description),
        "/docs": _page("docs", "A page to read this and to try it", _HTML, description),
    }
    if description.has_metrics:
        answers = {**page_answers("the numbers", _METRICS, (), _ERROR), **faults((), _ERROR, description)}
        found["/metrics"] = {"get": _operation("metrics", "Metrics for Prometheus", answers)}
    return found


def _probe(name: str, summary: str, good: Dict[str, Any]) -> Dict[str, Any]:
    """Nobody who watches over a container has a key."""
    answers = page_answers("it is so", good, (503,), _ERROR)
    return {"get": {**_operation(name, summary, answers), "security": []}}


def _live() -> Dict[str, Any]:
    answers = page_answers("it is so", _status("live"), (), _ERROR)
    return {"get": {**_operation("live", "Whether the server lives", answers), "security": []}}


def _page(name: str, summary: str, content: Dict[str, Any], description: Description) -> Dict[str, Any]:
    answers = {**page_answers("what was asked for", content, (), _ERROR), **faults((503,), _ERROR, description)}
    return {"get": _operation(name, summary, answers)}


def _operation(name: str, summary: str, answers: Dict[str, Any]) -> Dict[str, Any]:
    return {"operationId": name, "tags": ["operation"], "summary": summary, "responses": answers}


def _status(word: str) -> Dict[str, Any]:
    return json_content(object_schema({"status": {"const": word}}, ["status"]))
