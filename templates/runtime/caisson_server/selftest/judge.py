"""Whether an answer is what was expected."""

from __future__ import annotations

import json
import math
from typing import Any, Iterable, Optional, Tuple

from .ask import Answer
from .question import Question

_OK = 200
#: Below this, differences are none: a relative tolerance is of no use beside zero.
_NEAR_ZERO = 1e-12
_SHOWN = 100


def problem_of(question: Question, answer: Answer) -> Optional[str]:
    """What is wrong with the answer, in words; None when nothing is."""
    if answer.status is None:
        return answer.body.decode("utf-8", "replace")
    if answer.status != question.status:
        return f"status {answer.status} instead of {question.status}"
    if answer.status != _OK and question.expected is None:
        return None
    try:
        content = json.loads(answer.body)
    except (ValueError, RecursionError):
        return "the answer is not JSON"
    has_predictions = isinstance(content, dict) and content.get("predictions") is not None
    if question.has_predictions and answer.status == _OK and not has_predictions:
        return "the answer has no predictions"
    if question.expected is None:
        return None
    predictions = content["predictions"] if has_predictions else content
    return difference(question.expected.value, predictions, question.expected.tolerance)


def difference(expected: Any, actual: Any, tolerance: float, place: str = "predictions") -> Optional[str]:
    """Where two values of JSON differ; None when they agree.

    Numbers may differ by `tolerance`, relative to the larger one.
    """
    if _is_number(expected) and _is_number(actual):
        is_equal = _is_close(expected, actual, tolerance)
    elif isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            return f"{place} has {len(actual)} items instead of {len(expected)}"
        pairs = ((f"{place}[{index}]", left, right) for index, (left, right) in enumerate(zip(expected, actual)))
        return _first_difference(pairs, tolerance)
    elif isinstance(expected, dict) and isinstance(actual, dict) and expected.keys() == actual.keys():
        members = ((f"{place}.{key}", value, actual[key]) for key, value in expected.items())
        return _first_difference(members, tolerance)
    else:
        is_equal = type(expected) is type(actual) and expected == actual
    return None if is_equal else f"{place} is {_shown(actual)} instead of {_shown(expected)}"


def _first_difference(pairs: Iterable[Tuple[str, Any, Any]], tolerance: float) -> Optional[str]:
    found = (difference(left, right, tolerance, place) for place, left, right in pairs)
    return next((each for each in found if each is not None), None)


def _is_close(expected: float, actual: float, tolerance: float) -> bool:
    try:
        return math.isclose(expected, actual, rel_tol=tolerance, abs_tol=_NEAR_ZERO)
    except OverflowError:
        # Integers beyond every float.
        return expected == actual


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
