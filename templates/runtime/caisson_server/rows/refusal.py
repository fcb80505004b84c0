"""What `/predict` says when the model itself raises on inputs that had the right form."""

from __future__ import annotations

import re
from typing import Any, Optional

from ..protocol.errors import RequestError
from ..signature.types import Signature
from .errors import BAD_PARAMS, InputsError, one_line
from .headline import headline
from .unsigned import first_text

#: What models raise for values that they cannot work with.
_INPUT_FAULTS = (ValueError, TypeError, LookupError, ArithmeticError)
_PARAMS_FAULTS = ("Invalid parameters found", "Parameters must be")
_CLIENT_ERRORS = range(400, 500)
#: What XGBoost puts around its messages: time and line of its source, and the stack of its library.
_NATIVE_PLACE = re.compile(r"^\[[\d:]+\] \S+:\d+: ")
_NATIVE_TRACE = re.compile(r"\s*Stack trace:.*", re.DOTALL)


def refusal(error: BaseException, inputs: Any, signature: Signature) -> Optional[InputsError]:
    """The answer for an exception of the model, or None when the inputs are not to blame."""
    if isinstance(error, RequestError):
        return _mlflow_refusal(error, signature)
    is_unchecked = signature.inputs is None and not signature.from_type_hint
    if is_unchecked and isinstance(error, Exception):
        # Nothing was checked before, so whatever the model raises is about its inputs.
        return InputsError(headline(signature), first_text(inputs) or _reason(error))
    if isinstance(error, _INPUT_FAULTS):
        return InputsError(headline(signature), _reason(error))
    return None


def _mlflow_refusal(error: RequestError, signature: Signature) -> Optional[InputsError]:
    if error.status not in _CLIENT_ERRORS:
        return None
    sentence = BAD_PARAMS if error.message.startswith(_PARAMS_FAULTS) else headline(signature)
    return InputsError(sentence, one_line(error.message))


def _reason(error: BaseException) -> str:
    text = _NATIVE_TRACE.sub("", _NATIVE_PLACE.sub("", str(error)))
    return f"the model refused them: {one_line(text)}"
