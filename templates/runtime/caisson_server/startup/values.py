"""The value of one environment variable, parsed. Every function raises ConfigurationError quoting a wrong value."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple

from ..errors import ConfigurationError

HIGHEST_PORT = 65535
_MOST_WORKERS = 512
_MOST_DIGITS = 20
_ORIGIN = re.compile(r"https?://[^\s/?#@]+", re.IGNORECASE)


def text(environ: Mapping[str, str], name: str) -> Optional[str]:
    """The value without white space around it; None when absent or empty."""
    return environ.get(name, "").strip() or None


def port(environ: Mapping[str, str], name: str) -> Optional[int]:
    """A port, or None."""
    return whole_number(environ, name, highest=HIGHEST_PORT, what="a port")


def workers(environ: Mapping[str, str], name: str) -> Optional[int]:
    """A number of worker processes, or None."""
    return whole_number(environ, name, highest=_MOST_WORKERS, what="a number of workers")


def whole_number(environ: Mapping[str, str], name: str, *, highest: int, what: str) -> Optional[int]:
    """A whole number from 1 to `highest`, or None; `what` it is stands in the error."""
    value = text(environ, name)
    if value is None:
        return None
    # Not int() alone: it takes `1_000` and digits of every script.
    if value.isascii() and value.isdecimal() and len(value) <= _MOST_DIGITS and 1 <= int(value) <= highest:
        return int(value)
    raise _wrong(environ, name, f"{what} between 1 and {highest}")


def number(environ: Mapping[str, str], name: str, *, above: Optional[float] = None, what: str) -> Optional[float]:
    """A finite number that is not negative, or None; with `above`, greater than that; `what` stands in the error."""
    value = text(environ, name)
    if value is None:
        return None
    try:
        found = float(value)
    except ValueError:
        found = float("nan")
    lowest_fails = found <= above if above is not None else found < 0
    # Every comparison with nan is false.
    if found < float("inf") and not lowest_fails:
        return found
    bound = f"above {above:g}" if above is not None else "of 0 or more"
    raise _wrong(environ, name, f"{what} {bound}")


def choice(environ: Mapping[str, str], name: str, choices: Sequence[str]) -> str:
    """One of the choices in any case; the first when absent."""
    value = text(environ, name)
    if value is None:
        return choices[0]
    if value.lower() in choices:
        return value.lower()
    raise _wrong(environ, name, "one of " + ", ".join(choices))


def origins(environ: Mapping[str, str], name: str) -> Tuple[str, ...]:
    """Web origins as browsers send them; `*` stands for all."""
    parts = [part.strip() for part in environ.get(name, "").split(",") if part.strip()]
    for part in parts:
        if part != "*" and not _ORIGIN.fullmatch(part):
            raise ConfigurationError(f"{name} holds '{part}', not an origin like https://example.org or *")
    return tuple(part.lower() for part in parts)


def json_object(environ: Mapping[str, str], name: str) -> Optional[Dict[str, Any]]:
    """A JSON object, or None."""
    value = text(environ, name)
    if value is None:
        return None
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    # The value may hold secrets, so it is not quoted.
    raise ConfigurationError(f"{name} is not a JSON object")


def _wrong(environ: Mapping[str, str], name: str, wanted: str) -> ConfigurationError:
    return ConfigurationError(f"{name} is '{environ.get(name, '')}', not {wanted}")
