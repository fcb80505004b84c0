"""The image's HEALTHCHECK: exit code 0 when the server is ready, 1 when it is not. Needs nothing but Python."""

from __future__ import annotations

import http.client
import os
import sys
from typing import List, Mapping

_TIMEOUT_SECONDS = 3
_OK = 200
_HIGHEST_PORT = 65535
_LONGEST = len(str(_HIGHEST_PORT))


def candidate_ports(environ: Mapping[str, str]) -> List[int]:
    """Where the server may listen: a health check cannot see whether it was started with `serve`."""
    # The same rules as in caisson_server/startup/settings.py.
    asked = _port(environ, "PORT")
    bound = _port(environ, "SAGEMAKER_BIND_TO_PORT")
    with_serve = bound or asked or [8080]
    without = asked or [5001]
    return list(dict.fromkeys([*without, *with_serve]))


def is_ready(port: int) -> bool:
    """Whether /health/ready on this machine answers 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == _OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _port(environ: Mapping[str, str], name: str) -> List[int]:
    value = environ.get(name, "").strip()
    is_port = value.isdecimal() and len(value) <= _LONGEST and 0 < int(value) <= _HIGHEST_PORT
    return [int(value)] if is_port else []


if __name__ == "__main__":
    sys.exit(0 if any(map(is_ready, candidate_ports(os.environ))) else 1)
