"""Output tensors to the body of an answer."""

from __future__ import annotations

import base64
from typing import Any, Dict, List, Optional, Sequence, Tuple

from ..encoding import to_json
from ..protocol.json_text import encode_plain
from ..web.answer import JSON_TYPE, Answer
from .binary import CONTENT_TYPE, HEADER, bytes_of_array, bytes_of_elements
from .datatypes import BYTES
from .errors import InferError
from .identity import Identity
from .outputs import OutputTensor
from .request import InferRequest


def response(tensors: Sequence[OutputTensor], request: InferRequest, identity: Identity, request_id: str) -> Answer:
    """The answer with the outputs that the request wants, in its order.

    Raises InferError for an output that the model does not give. Without an id of the client's, the body has that of
    the HTTP request.
    """
    version = {} if identity.version is None else {"model_version": identity.version}
    fields: Dict[str, Any] = {
        "model_name": identity.name,
        **version,
        "id": request_id if request.id is None else request.id,
    }
    members: List[Dict[str, Any]] = []
    attached: List[bytes] = []
    for tensor, binary in _wanted(tensors, request):
        member, raw = _member(tensor, binary=binary)
        members.append(member)
        if raw is not None:
            attached.append(raw)
    body = {**fields, "outputs": members}
    text = encode_plain(body) or to_json(body)
    if all("data" in member for member in members):
        return Answer(200, text, JSON_TYPE)
    length = str(len(text)).encode("ascii")
    return Answer(200, text + b"".join(attached), CONTENT_TYPE, headers=((HEADER, length),))


def _wanted(tensors: Sequence[OutputTensor], request: InferRequest) -> List[Tuple[OutputTensor, bool]]:
    """Each tensor that is wanted, and whether as bytes."""
    default = request.parameters.get("binary_data_output") is True
    if request.outputs is None:
        return [(tensor, default) for tensor in tensors]
    given = {tensor.name: tensor for tensor in tensors}
    wanted: List[Tuple[OutputTensor, bool]] = []
    for output in request.outputs:
        if output.name not in given:
            names = ", ".join(f"'{name}'" for name in list(given)[:8])
            raise InferError(f"output '{output.name[:80]}': is not known, the model gives {names}")
        wanted.append((given[output.name], default if output.binary is None else output.binary))
    return wanted


def _member(tensor: OutputTensor, *, binary: bool) -> Tuple[Dict[str, Any], Optional[bytes]]:
    """The output as the JSON has it, and its bytes when it is binary."""
    parameters: Dict[str, Any] = {}
    if tensor.content_type is not None:
        parameters["content_type"] = tensor.content_type
    member: Dict[str, Any] = {
        "name": tensor.name,
        "datatype": tensor.datatype,
        "shape": list(tensor.array.shape),
        "parameters": parameters,
    }
    raw = None
    if binary:
        flat = tensor.array.reshape(-1)
        raw = bytes_of_elements(flat) if tensor.datatype == BYTES else bytes_of_array(flat)
        parameters["binary_data_size"] = len(raw)
    else:
        member["data"] = _plain_values(tensor)
    if not parameters:
        del member["parameters"]
    return member, raw


def _plain_values(tensor: OutputTensor) -> List[Any]:
    """Flat, row by row; bytes as base64. The encoder makes null of what is no number."""
    flat = tensor.array.reshape(-1)
    if tensor.datatype == BYTES:
        return [base64.b64encode(value).decode() if isinstance(value, bytes) else value for value in flat]
    return list(flat.tolist())
