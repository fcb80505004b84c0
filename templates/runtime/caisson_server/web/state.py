"""What the server is able to do at the moment. Written by the main thread, read by the event loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Protocol

from .answer import Answer


@dataclass(frozen=True)
class Call:
    """What a scoring route takes of a request."""

    body: bytes
    content_type: Optional[str]
    request_id: str


class Scorer(Protocol):
    """The model's side of the server. Its methods block, and answer whatever happens."""

    #: The text of `/version`.
    version: str

    def invocations(self, call: Call) -> Answer:
        """MLflow's protocol."""

    def predict(self, call: Call) -> Answer:
        """caisson's own protocol."""


class ServerState:
    """`scorer` is None until the model is loaded; `stopping` is set by SIGTERM."""

    def __init__(self) -> None:
        self.scorer: Optional[Scorer] = None
        self.stopping = False
