"""What schemathesis 4.4, the last for Python 3.9, must be told: how to send a CSV body."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.serializer("text/csv")
def csv(_context: Any, value: Any) -> Any:
    return str(value).encode()
