"""What a child process is made with, and what makes it: the seam between supervision and the server itself."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Mapping, Protocol, Tuple

from ..startup.image_file import ImageFile
from ..startup.settings import Settings
from .board import Slot

if TYPE_CHECKING:
    # Only children have event loops; the supervisor stays small.
    import asyncio


@dataclass(frozen=True)
class Context:
    """Everything that a worker or the waiting room may need; read-only but for its own slot."""

    settings: Settings
    image: ImageFile
    #: The model's URI without user information.
    model_uri: str
    #: Listening, shared with all processes: the main port, then the metrics port when there is one.
    sockets: Tuple[socket.socket, ...]
    #: This process's row on the board; its index is also its row in the metrics.
    slot: Slot
    #: What Composition.make_metrics returned; `metrics.worker(slot.index)` is this process's view.
    metrics: Any
    #: The event loop of this process. It does not run yet while `build` is called.
    loop: asyncio.AbstractEventLoop
    #: The model's files; in the waiting room where they will be, if that is known.
    model_folder: Path
    #: How long the model took to load, in seconds; 0 in the waiting room.
    load_seconds: float
    #: Threads that native libraries may use in this process.
    native_threads: int
    #: To be called first in every thread that predicts: OpenMP counts threads for each thread on its own.
    prepare_thread: Callable[[], None]


class Service(Protocol):
    """A composed server on the context's sockets. All methods are called on the event loop's thread."""

    #: More fields for the ready line, such as loader and batching.
    facts: Mapping[str, Any]

    def start(self) -> None:
        """Begin to accept. Called before the loop runs (`loop.run_until_complete` is allowed)."""

    def stop_accepting(self, *, take_queue: bool) -> None:
        """Close the sockets of the context and every idle connection; let the others end with their answer.

        With `take_queue` connections that wait in the sockets' queues are accepted first and get an answer; without,
        they are left to other processes. A connection that has not sent anything yet is given a moment to do so.
        """

    def is_idle(self) -> bool:
        """Whether no connection is open, or will be answered, any more."""

    def is_stuck(self) -> bool:
        """Whether all threads that predict hang in requests that have timed out."""

    def close(self) -> None:
        """Write out what is buffered (log lines, traces). The process ends after it."""


class Composition(Protocol):
    """What puts the server together: the module compose.py. The supervisor imports it, so its own imports are light."""

    def make_metrics(self, slots: int) -> Any:
        """Shared memory for counters, one row for each slot; called before the first fork."""

    def forget(self, metrics: Any, slot: int) -> None:
        """A process has ended: clear its gauges and keep its counters."""

    def count_death(self, metrics: Any) -> None:
        """A worker has died, or hangs, and is replaced."""

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """The event loop of a child process."""

    def shares_memory(self, folder: Path, settings: Settings) -> bool:
        """Whether this model may be loaded before a fork. Imports nothing heavy."""

    def load(self, folder: Path, settings: Settings) -> Any:
        """The model. Raises StartupError, or whatever the model raises."""

    def preload(self) -> None:
        """Import what every worker needs besides the model; called before workers are forked from a loaded model."""

    def build(self, model: Any, context: Context) -> Service:
        """The server of a worker."""

    def build_waiting_room(self, context: Context) -> Service:
        """A server without a model: 503 for everything but /health/live."""
