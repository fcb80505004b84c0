"""The routes of the Open Inference Protocol."""

from __future__ import annotations

from typing import Any, Dict, Mapping
from urllib.parse import quote

from ..openinference.paths import INFER, LIVE, MODEL, MODEL_READY, READY, SERVER, paths
from .answers import faults, json_content, page_answers, scoring_answers
from .description import Description
from .examples import Examples
from .schemas import TEXT, ref
from .scoring import example
from .types import JsonSchema, object_schema

_BINARY = "application/octet-stream"
_FLAG = {"type": "boolean"}
_READY: Mapping[str, Dict[str, JsonSchema]] = {READY: {}, MODEL_READY: {"name": TEXT}}
_SUMMARIES = {
    SERVER: "What this server is",
    LIVE: "Whether the server lives",
    READY: "Whether the server is ready",
    MODEL: "The tensors that the model takes and gives",
    MODEL_READY: "Whether the model is ready",
    INFER: "Predict, by the Open Inference Protocol",
}


def inference_paths(description: Description, examples: Examples) -> Dict[str, Any]:
    """`/v2/…` for the model's name, and for its version where that is known."""
    found: Dict[str, Any] = {}
    for path, kind in paths(description.identity).items():
        if path.endswith("/"):
            continue
        url = quote(path, errors="replace")
        suffix = "_version" if "/versions/" in path else ""
        operation = {
            "operationId": f"v2_{kind}{suffix}",
            "tags": ["open inference protocol"],
            "summary": _SUMMARIES[kind],
        }
        if kind == INFER:
            found[url] = {"post": {**operation, **_infer(description, examples)}}
        else:
            found[url] = {"get": {**operation, **_page(kind, description)}}
    return found


def _infer(description: Description, examples: Examples) -> Dict[str, Any]:
    answer = {**json_content(ref("InferResponse")), _BINARY: {}}
    return {
        "description": "One tensor for each column, or one of all columns. Clients of KServe and Triton ask here."
        " Tensors may stand as bytes behind the JSON, whose length is then the header Inference-Header-Content-Length.",
        "requestBody": {
            "required": True,
            "content": {**json_content(ref("InferRequest"), **example(examples.infer)), _BINARY: {}},
        },
        "responses": scoring_answers(answer, "InferError", description),
    }


def _page(kind: str, description: Description) -> Dict[str, Any]:
    if kind == LIVE:
        good = json_content(object_schema({"live": _FLAG}, ["live"]))
        return {"security": [], "responses": page_answers("it lives", good, (), "InferError")}
    if kind in _READY:
        good = json_content(object_schema({**_READY[kind], "ready": _FLAG}, [*_READY[kind], "ready"]))
        return {"security": [], "responses": page_answers("it is ready", good, (503,), "InferError")}
    good = json_content(ref("ServerMetadata" if kind == SERVER else "ModelMetadata"))
    answers = page_answers("what was asked for", good, (), "InferError")
    return {"responses": {**answers, **faults((503,), "InferError", description)}}
