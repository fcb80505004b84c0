"""What the description of a server is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional

from ..openinference.identity import Identity
from ..signature.parse import parse_signature
from ..signature.types import Schema, Signature


@dataclass(frozen=True)
class Description:
    """One server with one model. Texts may be anything: they are quoted where they are used."""

    signature: Signature
    #: The model's name, and its version in the paths of the Open Inference Protocol.
    identity: Identity
    #: What the signature says of predictions; None when it says nothing.
    outputs: Optional[Schema] = None
    #: A body of `/invocations` that was saved with the model, from example.py.
    example: Optional[Dict[str, Any]] = None
    #: Without user information; empty when unknown.
    model_uri: str = ""
    #: The module that loads the model: `mlflow.sklearn`.
    loader: str = ""
    mlflow_version: str = ""
    caisson_version: str = ""
    needs_api_key: bool = False
    #: Whether `/metrics` is on the same port.
    has_metrics: bool = True
    #: Whether a handler changes what `/predict` takes and gives.
    has_handler: bool = False


def output_schema(mlmodel: Mapping[str, Any]) -> Optional[Schema]:
    """The outputs of a parsed MLmodel file's signature; None without any, and when they cannot be read."""
    try:
        texts = mlmodel.get("signature") or {}
        return parse_signature({"signature": {"inputs": texts.get("outputs")}}).inputs
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
