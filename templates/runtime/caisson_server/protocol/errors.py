"""Requests that are refused, with the codes that MLflow's error bodies carry."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional

#: Longest message of an answer, in characters: MLflow's messages repeat the input, which can be 100 MB.
MAX_MESSAGE = 64 * 1024


class RequestError(Exception):
    """A request that MLflow answers with a JSON error body.

    `message` goes to the client. `fields` are the further members of the body.
    """

    def __init__(
        self,
        message: str,
        *,
        error_code: str = "BAD_REQUEST",
        fields: Optional[Mapping[str, Any]] = None,
        status: int = 400,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.error_code = error_code
        self.fields = _INVALID_PARAMETER if fields is None else fields
        self.status = status

    def body(self) -> Dict[str, Any]:
        """The members of the answer in MLflow's order."""
        return {"error_code": self.error_code, "message": shorten(self.message), **self.fields}


class MismatchError(Exception):
    """A value that does not fit its type. MLflow's texts show it by the name of their own exception."""

    def __repr__(self) -> str:
        """As MLflow's messages print it."""
        return f"MlflowException({str(self)!r})"


def invalid_input(message: str) -> RequestError:
    """MLflow's `Invalid input. …`."""
    return RequestError(f"Invalid input. {message}")


def shorten(text: str) -> str:
    """The text, or its beginning and the number of characters left out."""
    left_out = len(text) - MAX_MESSAGE
    return text if left_out <= 0 else f"{text[:MAX_MESSAGE]}… ({left_out} more characters)"


def printed(data: Any) -> str:
    """The data of a request as their own types print them, which MLflow's messages contain."""
    try:
        return str(data)
    except RecursionError:
        return "(nested too deeply)"


_INVALID_PARAMETER: Mapping[str, Any] = {
    "sqlstate": "KAM00",
    "error_class": "INVALID_PARAMETER_VALUE",
}
INTERNAL_ERROR: Mapping[str, Any] = {
    "sqlstate": "XXM00",
    "error_class": "CLIENT_INTERNAL_ERROR",
}


class UnsupportedMediaTypeError(Exception):
    """A content type that is answered with 415 and a plain text."""
