"""Which sentence a model's refusal begins with."""

from __future__ import annotations

import numpy as np

from ..signature.types import InputSpec, Signature, TensorSpec
from .cells import NUMERIC
from .errors import NOT_FITTING, NOT_NUMERICAL


def headline(signature: Signature) -> str:
    """Where every input is a number (or nothing is known), anything else can only be a mistake of one kind."""
    if signature.from_type_hint:
        return NOT_FITTING
    specs = () if signature.inputs is None else signature.inputs.inputs
    return NOT_NUMERICAL if all(_is_numeric(spec) for spec in specs) else NOT_FITTING


def _is_numeric(spec: InputSpec) -> bool:
    if isinstance(spec, TensorSpec):
        return np.dtype(spec.dtype).kind in "fiu"
    return spec.type in NUMERIC
