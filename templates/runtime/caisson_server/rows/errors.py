"""Bodies of `/predict` that are refused, and how a wrong value is shown."""

from __future__ import annotations

from typing import Any, Dict

NO_INPUTS = 'Please provide an array of "inputs"'
NOT_NUMERICAL = "Please provide numerical values in inputs"
NOT_FITTING = "Please provide values in inputs that fit the model's signature"
BAD_JSON = "Please provide valid JSON"
BAD_PARAMS = "Please provide params that fit the model's signature"

TOO_DEEP = "the body is nested too deeply"

_SHOWN = 40
_LONGEST = 500


class InputsError(Exception):
    """A body that is answered with 400. `error` is one of the sentences above, `detail` the reason."""

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(f"{error}: {detail}")
        self.error = error
        self.detail = detail

    def body(self) -> Dict[str, str]:
        """The members of the answer."""
        return {"error": self.error, "detail": self.detail}


class LayoutError(Exception):
    """Inputs that do not have the form of the model's input. The text is the `detail` of the answer."""


class ValueMismatchError(Exception):
    """One value that does not fit; `index` counts the values that were looked at, from 0."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index = index
        self.reason = reason


def show(value: Any) -> str:
    """A JSON value, short enough for an error message."""
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = _digits(value) if isinstance(value, int) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def one_line(text: str) -> str:
    """The text without line ends, short enough for an error message."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _digits(value: int) -> str:
    """Python refuses to print integers of thousands of digits."""
    return str(value) if value.bit_length() <= 256 else "an integer of this size"  # noqa: PLR2004
