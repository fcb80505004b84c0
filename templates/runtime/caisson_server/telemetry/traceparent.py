"""The caller's trace. https://www.w3.org/TR/trace-context/"""  # noqa: D415 - an address

from __future__ import annotations

import re
from typing import Mapping, NamedTuple, Optional

_TRACEPARENT = re.compile(rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_FORBIDDEN_VERSION = b"ff"
_SAMPLED = 1
_LONGEST_STATE = 512


class Parent(NamedTuple):
    """The span of the caller that asked."""

    #: 32 digits of lower-case hexadecimal.
    trace_id: str
    #: 16 digits.
    span_id: str
    #: Whether the caller records its part of the trace.
    is_sampled: bool
    #: What vendors added, as it came.
    state: str = ""


def parent_of(headers: Mapping[bytes, bytes]) -> Optional[Parent]:
    """None when the headers, by names in lower case, name no trace, or not as the standard wants it."""
    traceparent = headers.get(b"traceparent")
    if traceparent is None:
        return None
    found = _TRACEPARENT.fullmatch(traceparent.strip())
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    # Later versions may add fields, the first one has none.
    if version == _FORBIDDEN_VERSION or (version == b"00" and more) or not (int(trace_id, 16) and int(span_id, 16)):
        return None
    state = headers.get(b"tracestate", b"").strip()
    is_fit = len(state) <= _LONGEST_STATE and state.isascii()
    return Parent(
        trace_id.decode("ascii"),
        span_id.decode("ascii"),
        is_sampled=bool(int(flags, 16) & _SAMPLED),
        state=state.decode("ascii") if is_fit else "",
    )
