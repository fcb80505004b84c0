"""Descriptions of saved models, as the server makes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterator, Tuple

from jsonschema import Draft202012Validator

from caisson_server.model.mlmodel import read_mlmodel
from caisson_server.openapi.description import Description, output_schema
from caisson_server.openapi.example import saved_example
from caisson_server.openinference.identity import Identity
from caisson_server.signature.parse import parse_signature


def describe(folder: Path, **changes: Any) -> Description:
    """The description of a saved model; `changes` are fields of it."""
    mlmodel = read_mlmodel(folder)
    fields = {
        "signature": parse_signature(mlmodel),
        "identity": Identity("iris", "7"),
        "outputs": output_schema(mlmodel),
        "example": saved_example(folder, mlmodel),
        "model_uri": "models:/iris/7",
        "loader": mlmodel["flavors"]["python_function"]["loader_module"],
        "mlflow_version": str(mlmodel.get("mlflow_version", "")),
        "caisson_version": "1.2.3",
    }
    return Description(**{**fields, **changes})


def media_types(described: Dict[str, Any]) -> Iterator[Tuple[str, str, Dict[str, Any]]]:
    """Path, content type and media type of every request body."""
    for path, methods in described["paths"].items():
        for content_type, media_type in methods.get("post", {}).get("requestBody", {}).get("content", {}).items():
            yield path, content_type, media_type


def examples(described: Dict[str, Any]) -> Iterator[Tuple[str, str, Any, Any]]:
    """Path, content type, schema and value of every example."""
    for path, content_type, media_type in media_types(described):
        for example in media_type.get("examples", {}).values():
            yield path, content_type, media_type["schema"], example["value"]


def operations(described: Dict[str, Any]) -> Dict[str, Dict[str, Any]]:
    return {f"{method} {path}": one for path, methods in described["paths"].items() for method, one in methods.items()}


def check(schema: Any, value: Any, described: Dict[str, Any]) -> None:
    Draft202012Validator({**schema, "components": described["components"]}).validate(value)
