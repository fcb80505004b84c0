"""One HTTP request as the application sees it."""

from __future__ import annotations

import re
import uuid
from typing import Any, Awaitable, Callable, List, Mapping, MutableMapping, Optional

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

#: Bytes.
MAX_BODY = 100 * 1024 * 1024
#: How much of a body that is too large is still read, so that clients that send before they read see the answer.
_MAX_DRAINED = 2 * MAX_BODY

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")


class BodyTooLargeError(Exception):
    """The body is longer than MAX_BODY."""


class ClientGoneError(Exception):
    """The client closed the connection before its body was whole."""


class Request:
    """Method, path, headers and, once asked for, the body."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.method = str(scope["method"])
        self.path = str(scope["path"])
        self._receive = receive
        self._headers: Mapping[bytes, bytes] = dict(scope["headers"])
        self.id = self._request_id()

    def header(self, name: bytes) -> Optional[str]:
        """The header's value, None when absent. `name` is in lower case."""
        value = self._headers.get(name)
        return None if value is None else value.decode("latin-1")

    async def body(self) -> bytes:
        """The whole body. Raises BodyTooLargeError and ClientGoneError."""
        length = self._headers.get(b"content-length", b"")
        if length.isdigit() and int(length) > _MAX_DRAINED:
            raise BodyTooLargeError
        chunks: List[bytes] = []
        size = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientGoneError
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > _MAX_DRAINED:
                raise BodyTooLargeError
            if size > MAX_BODY:
                chunks.clear()
            else:
                chunks.append(chunk)
            if not message.get("more_body", False):
                break
        if size > MAX_BODY:
            raise BodyTooLargeError
        return b"".join(chunks)

    def _request_id(self) -> str:
        """The client's id when it is fit for a log line, else a new one."""
        given = self.header(b"x-request-id")
        if given is not None and _REQUEST_ID.fullmatch(given):
            return given
        return uuid.uuid4().hex
