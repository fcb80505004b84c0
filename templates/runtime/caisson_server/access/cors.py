"""Cross-origin resource sharing: which web pages may read the answers.

https://fetch.spec.whatwg.org/#http-cors-protocol. Cookies are never asked for: the server knows none.
"""

from __future__ import annotations

from typing import Iterable, Optional, Tuple

from ..web.answer import BAD_INPUT, TEXT_TYPE, Answer, json_answer
from ..web.request import Request

Headers = Tuple[Tuple[bytes, bytes], ...]

_EXPOSED: Headers = ((b"access-control-expose-headers", b"X-Request-ID"),)
_VARY: Headers = ((b"vary", b"Origin"),)
#: traceparent and tracestate are what instrumented pages add by themselves.
_PREFLIGHT: Headers = (
    (b"access-control-allow-methods", b"GET, POST"),
    (
        b"access-control-allow-headers",
        b"Authorization, X-API-Key, api-key, Content-Type, X-Request-ID, traceparent, tracestate",
    ),
    (b"access-control-max-age", b"600"),
)
_DEFAULT_PORTS = {b"http": b":80", b"https": b":443"}


class Cors:
    """For these origins, `*` for all; without origins there is nothing to add to any answer."""

    def __init__(self, origins: Iterable[str]) -> None:
        encoded = {_canonical(origin.encode("utf-8", "replace")) for origin in origins}
        self._is_open = b"*" in encoded
        self._origins = frozenset(encoded)

    def headers_for(self, origin: Optional[bytes]) -> Headers:
        """What every answer to a request with this Origin header has besides, answers with errors too."""
        if self._is_open:
            return () if origin is None else ((b"access-control-allow-origin", b"*"), *_EXPOSED)
        if not self._origins:
            return ()
        if origin is None or _canonical(origin) not in self._origins:
            # A cache must not give this answer to others.
            return _VARY
        return ((b"access-control-allow-origin", origin), *_EXPOSED, *_VARY)

    def preflight(self, request: Request) -> Optional[Answer]:
        """The answer to a browser that asks whether a page may ask; None when the request is no such question.

        It never holds an API key, so this comes before they are checked. `headers_for` is in it already.
        """
        origin = request.headers.get(b"origin")
        asked = request.headers.get(b"access-control-request-method")
        if request.method != "OPTIONS" or origin is None or asked is None or not self._origins:
            return None
        headers = self.headers_for(origin)
        if headers == _VARY:
            refusal = json_answer(403, {"detail": "This origin is not among CAISSON_CORS_ORIGINS"}, BAD_INPUT)
            return Answer(refusal.status, refusal.body, outcome=BAD_INPUT, headers=headers)
        return Answer(200, b"", TEXT_TYPE, headers=(*headers, *_PREFLIGHT))


def _canonical(origin: bytes) -> bytes:
    """In lower case and without the scheme's own port, as browsers send it."""
    origin = origin.lower()
    port = _DEFAULT_PORTS.get(origin.partition(b":")[0], b"")
    return origin[: -len(port)] if port and origin.endswith(port) else origin
