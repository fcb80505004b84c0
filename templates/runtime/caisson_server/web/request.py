"""One HTTP request, whole: routes never wait for parts of it."""

from __future__ import annotations

import os
import re
from typing import Dict, Optional
from urllib.parse import unquote

_AUTHORITY = re.compile(rb"https?://[^/?]*", re.IGNORECASE)
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")


class Request:
    """Method, path, headers and body. Made by web/http, read by the routes."""

    __slots__ = ("body", "headers", "id", "method", "path", "query", "started")

    def __init__(self, method: str, target: bytes, headers: Dict[bytes, bytes], started: float) -> None:
        self.method = method
        if not target.startswith(b"/"):
            # As proxies are asked: `http://host/path`.
            target = _AUTHORITY.sub(b"", target) or b"/"
        path, _, query = target.partition(b"?")
        text = path.decode("latin-1")
        #: Without percent signs.
        self.path = unquote(text) if "%" in text else text
        #: What stands behind the question mark, as it came.
        self.query = query
        #: By names in lower case; the last one of a name.
        self.headers = headers
        self.body = b""
        #: `time.perf_counter` when its first byte was read.
        self.started = started
        self.id = self._request_id()

    def header(self, name: bytes) -> Optional[str]:
        """The header's value, None when absent. `name` is in lower case."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    def _request_id(self) -> str:
        """The client's id when it is fit for a log line, else a new one."""
        given = self.headers.get(b"x-request-id")
        if given is not None and _REQUEST_ID.fullmatch(given):
            return given.decode("ascii")
        return os.urandom(16).hex()
