"""The bodies of the protocol's GET routes. Pure, and without numpy: they are answered on the event loop."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from ..signature.types import InputSpec, Schema, Signature, TensorSpec
from .datatypes import datatype_of_column, datatype_of_numpy
from .identity import Identity

INPUT_PREFIX = "input-"
OUTPUT_PREFIX = "output-"
EXTENSIONS = ("binary_tensor_data",)


def server_metadata(caisson_version: str) -> Dict[str, Any]:
    """`GET /v2`."""
    return {"name": "caisson", "version": caisson_version, "extensions": list(EXTENSIONS)}


def server_live() -> Dict[str, Any]:
    """`GET /v2/health/live`."""
    return {"live": True}


def server_ready() -> Dict[str, Any]:
    """`GET /v2/health/ready`, of a server that is ready: one that is not answers 503 in the words of a fault."""
    return {"ready": True}


def model_ready(identity: Identity) -> Dict[str, Any]:
    """`GET /v2/models/<name>/ready`, as above."""
    return {"name": identity.name, "ready": True}


def model_metadata(identity: Identity, signature: Signature, outputs: Optional[Schema], loader: str) -> Dict[str, Any]:
    """`GET /v2/models/<name>`: the signature as tensors. Without one, the lists are empty.

    `loader` is the module that loads the model: `mlflow.sklearn` becomes the platform `mlflow_sklearn`.
    """
    versions = {} if identity.version is None else {"versions": [identity.version]}
    return {
        "name": identity.name,
        **versions,
        "platform": "_".join(loader.split(".")[:2]),
        "inputs": _tensors(signature.inputs, INPUT_PREFIX),
        "outputs": _tensors(outputs, OUTPUT_PREFIX),
    }


def input_name(spec: InputSpec, index: int) -> str:
    """The name of an input, or the one that MLServer gives to an input without a name."""
    return f"{INPUT_PREFIX}{index}" if spec.name is None else spec.name


def output_name(schema: Optional[Schema], index: int) -> str:
    """As `input_name`, for an output that the signature may not know."""
    known = schema is not None and index < len(schema.inputs)
    name = schema.inputs[index].name if known and schema is not None else None
    return f"{OUTPUT_PREFIX}{index}" if name is None else name


def _tensors(schema: Optional[Schema], prefix: str) -> List[Dict[str, Any]]:
    specs = () if schema is None else schema.inputs
    return [
        {"name": f"{prefix}{index}" if spec.name is None else spec.name, **_tensor(spec)}
        for index, spec in enumerate(specs)
    ]


def _tensor(spec: InputSpec) -> Dict[str, Any]:
    if isinstance(spec, TensorSpec):
        return {"datatype": datatype_of_numpy(spec.dtype), "shape": list(spec.shape)}
    datatype, content_type = datatype_of_column(spec.type)
    hint = {} if content_type is None else {"parameters": {"content_type": content_type}}
    return {"datatype": datatype, "shape": [-1], **hint}
