"""A parser of HTTP/1 requests behind httptools' interface: httptools itself, or h11, which is slower and runs anywhere.

Callbacks on the protocol: on_url, on_header, on_headers_complete, on_body, on_message_complete, on_message_begin.
"""

from __future__ import annotations

from typing import Any, Optional, Tuple

try:
    import httptools
except ImportError:  # where it has no wheel
    httptools = None  # type: ignore[assignment]


class BadRequestError(Exception):
    """Bytes that are not HTTP/1."""


class UpgradeError(Exception):
    """Another protocol is offered after the message; `rest` is what follows it. It is declined by going on."""

    def __init__(self, rest: bytes) -> None:
        super().__init__("upgrade")
        self.rest = rest


class HttptoolsParser:
    """llhttp, strict."""

    def __init__(self, protocol: Any) -> None:
        self._parser = httptools.HttpRequestParser(protocol)
        self.should_keep_alive = self._parser.should_keep_alive
        self.get_http_version = self._parser.get_http_version
        #: Whether the parser will raise UpgradeError in place of reading a body.
        self.should_upgrade = self._parser.should_upgrade

    def feed_data(self, data: bytes) -> None:
        """Call the protocol back. Raises BadRequestError and UpgradeError, and what a callback raises."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as error:
            raise UpgradeError(data[error.args[0] :]) from None
        except httptools.HttpParserCallbackError as error:
            # The callback's own exception is what counts.
            raise (error.__context__ or error) from None
        except httptools.HttpParserError as error:
            raise BadRequestError(str(error)) from None

    def get_method(self) -> bytes:
        """Return GET, POST, and so on."""
        method: bytes = self._parser.get_method()
        return method


class H11Parser:
    """The same by h11. Each message has a parser of its own: h11 would also follow the answers."""

    def __init__(self, protocol: Any) -> None:
        import h11  # noqa: PLC0415 - only where httptools is missing

        self._h11 = h11
        self._protocol = protocol
        self._request: Any = None
        self._connection = self._new()

    def _new(self) -> Any:
        return self._h11.Connection(self._h11.SERVER, max_incomplete_event_size=1 << 30)

    def feed_data(self, data: bytes) -> None:
        """See HttptoolsParser. Never raises UpgradeError: h11 goes on by itself."""
        try:
            self._connection.receive_data(data)
            while self._step():
                pass
        except self._h11.RemoteProtocolError as error:
            raise BadRequestError(str(error)) from None

    def _step(self) -> bool:
        event = self._connection.next_event()
        if isinstance(event, self._h11.Request):
            self._request = event
            self._tell_head(event)
        elif isinstance(event, self._h11.Data):
            self._protocol.on_body(bytes(event.data))
        elif isinstance(event, self._h11.EndOfMessage):
            rest: Tuple[bytes, bool] = self._connection.trailing_data
            self._connection = self._new()
            if rest[0]:
                self._connection.receive_data(rest[0])
            self._protocol.on_message_complete()
            return bool(rest[0])
        else:
            return False
        return True

    def _tell_head(self, request: Any) -> None:
        if request.http_version not in (b"1.0", b"1.1"):
            raise BadRequestError("version")
        self._protocol.on_message_begin()
        self._protocol.on_url(bytes(request.target))
        for name, value in request.headers:
            self._protocol.on_header(name, value)
        self._protocol.on_headers_complete()

    def get_method(self) -> bytes:
        """Return GET, POST, and so on."""
        return bytes(self._request.method)

    def get_http_version(self) -> str:
        """1.0 or 1.1."""
        return bytes(self._request.http_version).decode("ascii")

    def should_upgrade(self) -> bool:
        """Never: h11 reads the body."""
        return False

    def should_keep_alive(self) -> bool:
        """Whether the client means to send more."""
        said = b",".join(value.lower() for name, value in self._request.headers if name == b"connection")
        tokens = {token.strip() for token in said.split(b",")}
        if self.get_http_version() == "1.0":
            return b"keep-alive" in tokens
        return b"close" not in tokens


def new_parser(protocol: Any, kind: Optional[str] = None) -> Any:
    """The best parser there is; `kind` forces "httptools" or "h11"."""
    use_h11 = kind == "h11" or (kind is None and httptools is None)
    return H11Parser(protocol) if use_h11 else HttptoolsParser(protocol)
