"""The `params` of a request against the parameters of the signature."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Set, Tuple

from ..protocol.errors import MismatchError, RequestError
from ..signature.types import ParameterSpec
from .notes import note_once
from .param_values import parameter_value

Specs = Tuple[ParameterSpec, ...]


def enforce_params(params: Any, specs: Optional[Specs]) -> Any:
    """Every parameter of the signature with its value or default.

    A model without parameters gets None, or an empty dictionary when the request brought any. Unknown ones are let go.
    Raises RequestError when one has a wrong type.
    """
    if specs is None:
        return params if params in (None, {}) else _ignored(params)
    given = {} if params is None else params
    if not isinstance(given, dict):
        raise _refusal(f"Parameters must be a dictionary. Got type '{type(given).__name__}'.")
    known = _known({str(name): value for name, value in given.items()}, specs)
    refused: Set[Tuple[str, str]] = set()
    for spec in specs:
        if spec.name not in known:
            known[spec.name] = spec.default
            continue
        try:
            known[spec.name] = parameter_value(known[spec.name], spec)
        except MismatchError as error:
            refused.add((spec.name, str(error)))
    if refused:
        raise _refusal(f"Invalid parameters found: {refused!r}")
    return known


def with_defaults_cast(specs: Optional[Specs]) -> Optional[Specs]:
    """The same parameters, their defaults of their types (JSON has no dates). Raises MismatchError."""
    if specs is None:
        return None
    return tuple(ParameterSpec(spec.name, spec.type, parameter_value(spec.default, spec), spec.shape) for spec in specs)


def _ignored(params: Any) -> Dict[str, Any]:
    what = (
        f"Ignoring provided params: {list(params)}"
        if isinstance(params, dict)
        else "Ignoring invalid params (not a dictionary)."
    )
    note_once(
        "params without a schema",
        "`params` can only be specified at inference time if the model signature defines a params schema. "
        f"This model does not define a params schema. {what}",
    )
    return {}


def _known(params: Mapping[str, Any], specs: Specs) -> Dict[str, Any]:
    names = {spec.name for spec in specs}
    unknown = [name for name in params if name not in names]
    if unknown:
        note_once(
            "unknown params",
            f"Unrecognized params {unknown} are ignored for inference. Supported params are: {names}. "
            "To enable them, please add corresponding schema in ModelSignature.",
        )
    return {name: value for name, value in params.items() if name in names}


def _refusal(message: str) -> RequestError:
    return RequestError(message, error_code="INVALID_PARAMETER_VALUE")
