"""What a client may send, and how slowly."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bytes and seconds."""

    body: int = 100 * MIB
    #: How much of a body that is too large is still read, so that clients that send before they read see the answer.
    drained: int = 200 * MIB
    #: Request line and headers together.
    head: int = 64 * 1024
    headers: int = 128
    target: int = 16 * 1024
    #: Bodies of all requests that this process has not answered yet; beyond it large ones are turned away.
    bodies: int = 512 * MIB
    #: From a request's first byte to the end of its headers.
    head_seconds: float = 15.0
    #: A body may take so long, and longer by one second for every `slowest_rate` bytes that have come.
    body_seconds: float = 30.0
    slowest_rate: int = 1024
    #: Without any byte of an answer being taken.
    write_seconds: float = 60.0
    #: Longer than the 60 s after which load balancers usually drop a connection, so that they and not we close it.
    idle_seconds: float = 75.0
    #: Of a connection that has not sent anything yet.
    first_byte_seconds: float = 30.0
    #: Whether a client may send more than one request over a connection.
    keeps_alive: bool = True
    #: How long what comes after a refused body is thrown away before the connection is closed.
    linger_seconds: float = 5.0
    #: When doors close: how long a connection that was busy a moment ago may still bring a request.
    parting_seconds: float = 0.75
