"""Signatures of required numbers, for which a plain array can say what a DataFrame says."""

from __future__ import annotations

from .types import DataType, Signature

#: Types that numpy and pandas put together alike. pandas turns booleans beside numbers into objects.
PLAIN_TYPES = frozenset((DataType.INTEGER, DataType.LONG, DataType.FLOAT, DataType.DOUBLE))


def has_plain_types(signature: Signature) -> bool:
    """Whether the model takes columns, and all of them are required numbers."""
    if signature.inputs is None or not signature.inputs.columns:
        return False
    return all(spec.required and spec.type in PLAIN_TYPES for spec in signature.inputs.columns)
