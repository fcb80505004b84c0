"""A question from the model itself: its input example, or values that its signature takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Mapping, Optional

from ..errors import StartupError
from ..model.mlmodel import read_mlmodel
from ..openapi.description import Description
from ..openapi.example import saved_example
from ..openapi.examples import examples_of
from ..openinference.identity import Identity
from ..signature.parse import parse_signature
from ..signature.types import DataType, Signature, TensorSpec
from .question import GUESS, SAVED_EXAMPLE, SIGNATURE, Question, is_for_chats, json_body

_PATH = "/invocations"
_NUMBERS = (DataType.BOOLEAN, DataType.INTEGER, DataType.LONG, DataType.FLOAT, DataType.DOUBLE)
_NUMERIC_DTYPES = ("float", "int", "uint", "bool")


def example_question(folder: Path) -> Optional[Question]:
    """None for a model that neither has an example nor tells what it takes."""
    try:
        mlmodel = read_mlmodel(folder)
    except StartupError:
        # The server has loaded it: with nothing to read there is nothing to ask.
        return None
    saved = saved_example(folder, mlmodel)
    if saved is not None:
        return _question(SAVED_EXAMPLE, saved)
    return _made_up(mlmodel)


def _made_up(mlmodel: Mapping[str, Any]) -> Optional[Question]:
    try:
        signature = parse_signature(mlmodel)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    forms = examples_of(Description(signature, Identity("model"))).invocations
    body = next(iter(forms.values()), None)
    return None if body is None else _question(SIGNATURE if is_fair(signature) else GUESS, body)


def _question(source: str, body: Mapping[str, Any]) -> Question:
    return Question(source, _PATH, json_body(body), has_predictions=not is_for_chats(body))


def is_fair(signature: Signature) -> bool:
    """Whether a model must take made-up values: any number is one, but a text may be a category that it never met.

    The same goes for lengths: one row will do everywhere, one pixel will not.
    """
    schema = signature.inputs
    if schema is None or signature.from_type_hint:
        return False
    return all(spec.type in _NUMBERS for spec in schema.columns) and all(map(_is_fair_tensor, schema.tensors))


def _is_fair_tensor(spec: TensorSpec) -> bool:
    return spec.dtype.startswith(_NUMERIC_DTYPES) and -1 not in spec.shape[1:]
