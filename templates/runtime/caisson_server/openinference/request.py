"""The body of `/infer`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Tuple

from ..protocol.json_text import decode_json
from ..rows.errors import show
from ..scoring.port import Call
from .binary import Attachment, split_body
from .errors import InferError
from .tensor import Tensor, parameters_of, read_tensor

#: Extensions that this server does not have, by the parameter that asks for them: no answer without them is right.
_OTHER_EXTENSIONS = ("classification", "shared_memory_region")


@dataclass(frozen=True)
class RequestedOutput:
    """An output that the client wants; `binary` is None when it leaves that to the request."""

    name: str
    binary: Optional[bool]


@dataclass(frozen=True)
class InferRequest:
    """A decoded body. `outputs` is None when the client wants all of them."""

    inputs: Tuple[Tensor, ...]
    parameters: Dict[str, Any]
    id: Optional[str] = None
    outputs: Optional[Tuple[RequestedOutput, ...]] = None


def read_request(call: Call) -> InferRequest:
    """Decode a body, with or without binary tensors. Raises InferError."""
    text, attached = split_body(call)
    decoded = _decode(text)
    given_id = decoded.get("id")
    if given_id is not None and not isinstance(given_id, str):
        raise InferError(f"id is {show(given_id)}, not text")
    parameters = parameters_of(decoded)
    return InferRequest(_inputs(decoded, attached), parameters, given_id, _outputs(decoded))


def _decode(text: bytes) -> Dict[str, Any]:
    try:
        decoded = decode_json(text)
    except RecursionError as error:
        raise InferError("the body is nested too deeply") from error
    except ValueError as error:
        raise InferError("the body is not JSON") from error
    if isinstance(decoded, dict):
        return decoded
    raise InferError(f"the body is {show(decoded)}, not an object")


def _inputs(decoded: Dict[str, Any], attached: bytes) -> Tuple[Tensor, ...]:
    members = decoded.get("inputs")
    if not isinstance(members, list) or not members:
        raise InferError("the body has no list of inputs")
    attachment = Attachment(attached)
    tensors = tuple(read_tensor(member, number, attachment) for number, member in enumerate(members, 1))
    attachment.check_end()
    _check_unique([tensor.name for tensor in tensors], "input")
    return tensors


def _outputs(decoded: Dict[str, Any]) -> Optional[Tuple[RequestedOutput, ...]]:
    members = decoded.get("outputs")
    if members is None:
        return None
    if not isinstance(members, list):
        raise InferError(f"outputs is {show(members)}, not a list")
    outputs = tuple(_output(member, number) for number, member in enumerate(members, 1))
    _check_unique([output.name for output in outputs], "output")
    # Clients send an empty list for all outputs.
    return outputs or None


def _output(member: Any, number: int) -> RequestedOutput:
    name = member.get("name") if isinstance(member, dict) else None
    if not isinstance(name, str):
        raise InferError(f"output {number}: has no name")
    try:
        parameters = parameters_of(member)
    except InferError as error:
        raise InferError(f"output '{name[:80]}': {error}") from error
    for extension in _OTHER_EXTENSIONS:
        if parameters.get(extension):
            raise InferError(f"output '{name[:80]}': this server has no extension for '{extension}'")
    binary = parameters.get("binary_data")
    return RequestedOutput(name, None if binary is None else binary is True)


def _check_unique(names: List[str], what: str) -> None:
    seen = set()
    for name in names:
        if name in seen:
            raise InferError(f"{what} '{name[:80]}': is there twice")
        seen.add(name)
