"""JSON Schemas of the bodies of this server, those of the model left open."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from ..openinference.datatypes import DATATYPES
from ..signature.types import Signature
from .inputs import forms_schema, inputs_schema
from .types import JsonSchema, object_schema

_LLM_KEYS = ("messages", "prompt", "input")

TEXT: JsonSchema = {"type": "string"}


def ref(name: str) -> JsonSchema:
    """A reference to one of the document's schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


def predict_request(signature: Signature, *, is_free: bool) -> JsonSchema:
    """`/predict`; `is_free` where a handler takes whatever it likes."""
    inputs: JsonSchema = inputs_schema(signature)
    if is_free:
        inputs = {"description": "what the handler of this server takes"}
    return object_schema({"inputs": inputs, "params": ref("Params")}, ["inputs"])


def score_request(signature: Signature) -> JsonSchema:
    """Azure ML's `/score`."""
    split = _split({"type": "array"}, ["columns", "data"])
    return object_schema(
        {"input_data": {"anyOf": [split, inputs_schema(signature)]}, "params": ref("Params")}, ["input_data"]
    )


def invocations_request(signature: Signature) -> JsonSchema:
    """The four forms of MLflow's protocol, and the one of language models."""
    inputs = forms_schema(signature)
    if signature.from_type_hint:
        return _any_of([_form("inputs", inputs), *_llm_forms(signature)])
    rows = ref("Row") if _has_unnamed_columns(signature) else {"type": "array"}
    records: JsonSchema = {
        "type": "array",
        "items": ref("Record") if _has_named_columns(signature) else {"type": "object"},
    }
    forms = [
        _form("dataframe_split", _split(rows, ["data"])),
        _form("dataframe_records", records),
        _form("inputs", inputs),
        _form("instances", inputs),
    ]
    return _any_of([{"oneOf": forms}, *_llm_forms(signature)])


def infer_request() -> JsonSchema:
    """The Open Inference Protocol's `/infer`."""
    tensor = object_schema(
        {**_tensor(), "parameters": ref("Parameters"), "data": {"type": "array"}}, ["name", "shape", "datatype"]
    )
    output = object_schema({"name": TEXT, "parameters": ref("Parameters")}, ["name"])
    return object_schema(
        {
            "id": TEXT,
            "parameters": ref("Parameters"),
            "inputs": {"type": "array", "items": tensor, "minItems": 1},
            "outputs": {"type": "array", "items": output},
        },
        ["inputs"],
    )


def answers() -> Dict[str, JsonSchema]:
    """The schemas that do not depend on the model."""
    tensor = {**_tensor(), "parameters": {"type": "object"}}
    lists: JsonSchema = {"type": "array", "items": object_schema(tensor, ["name", "shape", "datatype"])}
    return {
        "Parameters": {"type": ["object", "null"], "description": "text, numbers and booleans by name"},
        "MlflowError": {
            **object_schema(
                {"error_code": TEXT, "message": TEXT, "sqlstate": TEXT, "error_class": TEXT}, ["error_code", "message"]
            ),
            "description": "an error as MLflow words it",
        },
        "PredictError": {
            **object_schema({"error": TEXT, "detail": TEXT}, ["error", "detail"]),
            "description": "what is wrong, and where: row and column are counted from 1",
        },
        "InferError": object_schema({"error": TEXT}, ["error"]),
        "PlainError": object_schema({"detail": TEXT}, ["detail"]),
        "InferResponse": object_schema(
            {
                "model_name": TEXT,
                "model_version": TEXT,
                "id": TEXT,
                "outputs": {
                    "type": "array",
                    "items": object_schema(
                        {**tensor, "data": {"type": "array"}}, ["name", "shape", "datatype", "data"]
                    ),
                },
            },
            ["model_name", "id", "outputs"],
        ),
        "ModelMetadata": object_schema(
            {
                "name": TEXT,
                "versions": {"type": "array", "items": TEXT},
                "platform": TEXT,
                "inputs": lists,
                "outputs": lists,
            },
            ["name", "platform", "inputs", "outputs"],
        ),
        "ServerMetadata": object_schema(
            {"name": TEXT, "version": TEXT, "extensions": {"type": "array", "items": TEXT}},
            ["name", "version", "extensions"],
        ),
    }


def _tensor() -> Dict[str, JsonSchema]:
    return {
        "name": TEXT,
        "shape": {"type": "array", "items": {"type": "integer"}},
        "datatype": {"enum": list(DATATYPES)},
    }


def _form(name: str, value: JsonSchema) -> JsonSchema:
    return object_schema({name: value, "params": ref("Params")}, [name])


def _llm_forms(signature: Signature) -> List[JsonSchema]:
    """The form for language models, where the model can take it: all of it is one row."""
    schema = signature.inputs
    names = _LLM_KEYS if schema is None else tuple(name for name in schema.by_name() if name in _LLM_KEYS)
    about = "for language models: all keys but the parameters are data, and the answer is the bare prediction"
    return [{"type": "object", "description": about, "required": [name]} for name in names]


def _any_of(schemas: List[JsonSchema]) -> JsonSchema:
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _split(rows: Mapping[str, Any], required: List[str]) -> JsonSchema:
    columns = {"type": "array", "items": {"type": ["string", "integer"]}}
    properties: Dict[str, JsonSchema] = {
        "columns": columns,
        "index": {"type": "array"},
        "data": {"type": "array", "items": dict(rows)},
    }
    return {**object_schema(properties, required), "additionalProperties": False}


def _has_unnamed_columns(signature: Signature) -> bool:
    schema = signature.inputs
    return schema is not None and bool(schema.columns) and not schema.has_names


def _has_named_columns(signature: Signature) -> bool:
    schema = signature.inputs
    return schema is not None and bool(schema.columns) and schema.has_names
