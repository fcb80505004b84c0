"""What is known when the first child is forked, and does not change after."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Sequence, Tuple

from ..redaction import strip_user_info
from ..startup.image_file import ImageFile
from ..startup.model_source import ModelSource
from ..startup.settings import Settings
from . import native
from .board import Slot
from .context import Composition, Context
from .crew import Crew
from .patience import Patience
from .sizing import Limits


@dataclass(frozen=True)
class Order:
    """What the server was started with."""

    arguments: Sequence[str]
    #: The environment as the container got it.
    environ: Mapping[str, str]
    settings: Settings
    image: ImageFile
    source: ModelSource
    #: By `time.monotonic`.
    started: float


@dataclass(frozen=True)
class Launch:
    """One run of the server."""

    order: Order
    composition: Composition
    patience: Patience
    sockets: Tuple[socket.socket, ...]
    limits: Limits
    crew: Crew
    metrics: Any

    @property
    def settings(self) -> Settings:
        """What the user said."""
        return self.order.settings

    @property
    def model_uri(self) -> str:
        """Without user information."""
        return strip_user_info(self.order.source.uri)

    @property
    def answer_seconds(self) -> float:
        """How long it takes at most until every request under way has its answer."""
        return self.settings.request_timeout + self.patience.last_answer

    def context(self, slot: Slot, folder: Path) -> Context:
        """For a child process with this slot: the context of one without a model. `folder` is the model's."""
        return Context(
            settings=self.settings,
            image=self.order.image,
            model_uri=self.model_uri,
            sockets=self.sockets,
            slot=slot,
            metrics=self.metrics,
            loop=self.composition.new_loop(),
            model_folder=folder,
            load_seconds=0.0,
            native_threads=1,
            prepare_thread=native.nothing,
        )

    def end(self) -> None:
        """End all children: those that serve finish their requests first."""
        for shared in self.sockets:
            # The children have them, too. When the last has closed them, clients are refused instead of left waiting.
            shared.close()
        self.crew.end(self.settings.drain_delay + self.answer_seconds)
