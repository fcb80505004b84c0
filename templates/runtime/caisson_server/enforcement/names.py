"""Which inputs are missing and which are too many."""

from __future__ import annotations

from typing import Any, Iterable, Set

from ..protocol.errors import MismatchError
from ..signature.types import Schema
from .notes import note_once


def check_names(given: Iterable[Any], schema: Schema) -> None:
    """Raise MismatchError when a required input of a schema with names is missing. Others are let go, with a note."""
    # Sets, in the order of MLflow's own, because its texts show their order.
    actual: Set[Any] = set(given)
    required = set(schema.required_labels)
    extra_set = actual - required - (set(schema.labels) - required)
    missing = [name for name in schema.required_labels if name in required - actual]
    extra = [name for name in actual if name in extra_set]
    if missing:
        more = f" Note that there were extra inputs: {extra}." if extra else ""
        raise MismatchError(f"Model is missing inputs {missing}.{more}")
    if extra:
        note_once(
            "extra inputs",
            f"Found extra inputs in the model input that are not defined in the model signature: `{extra}`. "
            "These inputs will be ignored.",
        )


def check_count(given: int, schema: Schema) -> None:
    """Raise MismatchError when a table without names has too few columns."""
    wanted = len(schema.inputs)
    if given < wanted:
        raise MismatchError(
            f"Model inference is missing inputs. The model signature declares {wanted} inputs  "
            f"but the provided value only has {given} inputs. Note: the inputs were not named in the signature so we "
            "can only verify their count."
        )
