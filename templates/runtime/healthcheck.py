"""The image's HEALTHCHECK: exit code 0 when the server is ready, 1 when it is not. Needs nothing but Python."""

from __future__ import annotations

import http.client
import os
import sys
from typing import List

_TIMEOUT_SECONDS = 3
_OK = 200


def candidate_ports(port_variable: str) -> List[int]:
    """Where the server may listen: a health check cannot see whether it was started with `serve`."""
    return [int(port_variable)] if port_variable.strip().isdecimal() else [5001, 8080]


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


if __name__ == "__main__":
    sys.exit(0 if any(map(is_ready, candidate_ports(os.environ.get("PORT", "")))) else 1)
