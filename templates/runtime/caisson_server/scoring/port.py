"""What a scoring route has to know of its protocol, and nothing of HTTP, threads or batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional, Protocol

from ..web.answer import Answer


@dataclass(frozen=True)
class Call:
    """What a protocol may see of a request."""

    body: bytes
    content_type: Optional[str]
    request_id: str
    #: By names in lower case.
    headers: Mapping[bytes, bytes]


@dataclass(frozen=True)
class Asked:
    """What a body asks of the model: `data` and `params` for Model.enforce."""

    data: Any
    #: None or what the request holds.
    params: Any = None
    #: Whatever the dialect needs to write the answer.
    memo: Any = None


class RefusedError(Exception):
    """A body that is answered without asking the model."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class Dialect(Protocol):
    """One protocol of asking for predictions. All methods run in prediction threads; several may run at once."""

    #: Whether `read` and `write` take no time to speak of, so that calls may wait for each other's.
    is_quick: bool

    def read(self, call: Call) -> Asked:
        """The body, understood. Raises RefusedError."""

    def write(self, predictions: Any, asked: Asked, call: Call) -> Answer:
        """The answer with the model's predictions. Raises whatever an encoder raises for values it cannot write."""

    def blame(self, error: BaseException, asked: Asked, call: Call) -> Answer:
        """The answer for what Model.enforce, Model.run or `write` raised. Logs what the answer must not say."""
