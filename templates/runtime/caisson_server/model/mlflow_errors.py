"""MLflow's own exception to the server's."""

from __future__ import annotations

import sys
from typing import Any, Dict, Optional

from ..protocol.errors import RequestError


def as_request_error(error: BaseException) -> Optional[RequestError]:
    """An MlflowException with its codes and without its stack trace; None for any other exception.

    Does not import MLflow: where nobody has, nobody can have raised its exception.
    """
    module = sys.modules.get("mlflow.exceptions")
    if module is None or not isinstance(error, module.MlflowException):
        return None
    return _converted(error)


def _converted(error: Any) -> RequestError:
    names = ("sqlstate", "error_class")
    fields: Dict[str, Any] = {name: getattr(error, name) for name in names if getattr(error, name, None) is not None}
    more = getattr(error, "json_kwargs", {})
    fields.update({name: value for name, value in more.items() if name != "stack_trace"})
    return RequestError(
        str(error.message),
        error_code=str(error.error_code),
        fields=fields,
        status=int(error.get_http_status_code()),
    )
