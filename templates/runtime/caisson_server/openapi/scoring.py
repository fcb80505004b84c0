"""The routes that predict."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional

from ..signature.types import Schema
from .answers import JSON, json_content, scoring_answers, unsupported_type
from .description import Description
from .examples import Examples
from .inputs import takes_csv
from .schemas import ref
from .types import JsonSchema

CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"


def scoring_paths(description: Description, examples: Examples) -> Dict[str, Any]:
    """`/predict`, `/invocations` and `/score`."""
    return {
        "/predict": {"post": _predict(description, examples)},
        "/invocations": {"post": _invocations(description, examples)},
        "/score": {"post": _score(description, examples)},
    }


def example(value: Optional[Any]) -> Dict[str, Any]:
    """The member of a media type; none where there is no example."""
    return {} if value is None else {"examples": {"model": {"summary": "fits the model", "value": value}}}


def _predict(description: Description, examples: Examples) -> Dict[str, Any]:
    about = "One row or many, by position or by name. Numbers that are missing come back as null."
    if description.has_handler:
        about = "This server has a handler of its own, which may take other inputs and give other predictions."
    predictions: JsonSchema = {"description": about_predictions(description.outputs)}
    answer = {"type": "object", "properties": {"predictions": predictions}, "required": ["predictions"]}
    return {
        "operationId": "predict",
        "tags": ["predict"],
        "summary": "Predict",
        "description": about,
        "requestBody": {
            "required": True,
            "content": json_content(ref("PredictRequest"), **example(examples.predict)),
        },
        "responses": scoring_answers(json_content(answer), "PredictError", description),
    }


def _invocations(description: Description, examples: Examples) -> Dict[str, Any]:
    content: Dict[str, Any] = {JSON: {"schema": ref("InvocationsRequest"), **_named(examples.invocations)}}
    if takes_csv(description.signature):
        content[CSV] = {"schema": {"type": "string"}, **example(examples.csv)}
    content[PARQUET] = {}
    return {
        "operationId": "invocations",
        "tags": ["predict"],
        "summary": "Predict, by MLflow's scoring protocol",
        "description": "As the server of MLflow answers it: SageMaker, Databricks and MLflow's own clients ask here."
        " The answer is an object with `predictions`; in the form for language models it is the bare prediction.",
        "requestBody": {"required": True, "content": content},
        "responses": {
            **scoring_answers(
                json_content({"description": about_predictions(description.outputs)}), "MlflowError", description
            ),
            **unsupported_type(),
        },
    }


def _score(description: Description, examples: Examples) -> Dict[str, Any]:
    answer: JsonSchema = {"description": about_predictions(description.outputs)}
    return {
        "operationId": "score",
        "tags": ["predict"],
        "summary": "Predict, as Azure ML asks",
        "description": "The answer is the predictions alone.",
        "requestBody": {"required": True, "content": json_content(ref("ScoreRequest"), **example(examples.score))},
        "responses": scoring_answers(json_content(answer), "PredictError", description),
    }


def about_predictions(outputs: Optional[Schema]) -> str:
    """What the signature says of the predictions. It binds nobody, so that it is no schema."""
    if outputs is None:
        return "what the model returns"
    return f"what the model returns; by its signature {outputs!r}"


def _named(bodies: Mapping[str, Any]) -> Dict[str, Any]:
    """Examples of several forms."""
    return (
        {
            "examples": {
                f"form{number}": {"summary": form, "value": body}
                for number, (form, body) in enumerate(bodies.items(), 1)
            }
        }
        if bodies
        else {}
    )
