"""Bodies that are nested so deeply that whoever works on them gives up. That is the client's fault, not the model's."""

from __future__ import annotations

from typing import Any, Optional

from ..protocol.json_text import decode_json

#: Nobody sends this many lists in lists, and numpy takes 64 at most.
_DEEP = 100


def breaks_by_nesting(error: BaseException, body: bytes) -> bool:
    """Whether the error goes back to a RecursionError, and the JSON of the body explains it."""
    cause: Optional[BaseException] = error
    while cause is not None and not isinstance(cause, RecursionError):
        cause = cause.__cause__ or cause.__context__
    return cause is not None and _is_deep(body)


def _is_deep(body: bytes) -> bool:
    try:
        level = [decode_json(body)]
    except (ValueError, RecursionError):
        return False
    for _ in range(_DEEP):
        level = [item for value in level for item in _items(value)]
    return bool(level)


def _items(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
