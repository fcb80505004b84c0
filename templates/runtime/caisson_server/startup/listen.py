"""The socket, open before the model is loaded so that a starting container answers 503 at once."""

from __future__ import annotations

import errno
import os
import socket

from ..errors import StartupError

_BACKLOG = 2048


def listen(port: int) -> socket.socket:
    """A listening socket on all addresses, IPv6 included where the host has it.

    Raises StartupError when the port is taken or may not be opened.
    """
    try:
        return _bind(port)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise StartupError(f"cannot listen on port {port}: {reason}") from error


def _bind(port: int) -> socket.socket:
    if socket.has_dualstack_ipv6():
        try:
            return socket.create_server(("", port), family=socket.AF_INET6, backlog=_BACKLOG, dualstack_ipv6=True)
        except OSError as error:
            # Compiled in and usable are two things: containers often have no IPv6 address at all.
            if error.errno not in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL):
                raise
    return socket.create_server(("", port), backlog=_BACKLOG)
