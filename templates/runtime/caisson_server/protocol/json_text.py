"""JSON to Python's values: by orjson where it is installed and where it says exactly what `json` says."""

from __future__ import annotations

import json
from typing import Any, Optional

try:
    import orjson
except ImportError:
    # There are machines that it has no wheel for.
    orjson = None  # type: ignore[assignment]

#: orjson makes doubles of integers beyond 64 bits. Those have 19 digits at least.
_LONG_NUMBER = b"0" * 19
_DIGITS_AS_ZEROS = bytes.maketrans(b"123456789", b"000000000")


def decode_json(body: bytes) -> Any:
    """As `json.loads`, which also has the word on whatever orjson refuses (NaN, UTF-16, lone surrogates, errors).

    Raises ValueError and RecursionError.
    """
    if orjson is not None and _LONG_NUMBER not in body.translate(_DIGITS_AS_ZEROS):
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            pass
    return json.loads(body)


def encode_plain(value: Any) -> Optional[bytes]:
    """Lists of booleans, numbers, text and None as JSON, NaN and infinities as null.

    None where orjson is absent or refuses the value: integers beyond 64 bits, lone surrogates.
    """
    if orjson is None:
        return None
    try:
        return orjson.dumps(value)
    except TypeError:
        return None
