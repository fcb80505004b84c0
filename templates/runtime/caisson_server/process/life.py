"""A child's life on its event loop: it serves, it is told to stop, it ends when its last request is answered."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass
from typing import Callable

from . import signals
from .board import READY, STOPPING, STUCK
from .context import Context, Service
from .crew import Crew
from .deaths import STUCK_EXIT_CODE

_BEAT_SECONDS = 1.0
_POLL_SECONDS = 0.005
_LAST_WORDS_SECONDS = 1.0


@dataclass(frozen=True)
class Manner:
    """How a child stops. Times in seconds."""

    #: Whether it announces itself as ready.
    is_worker: bool
    #: How long it goes on accepting after SIGTERM.
    drain_delay: float
    #: How long requests under way may take after that.
    patience: float


class Life:
    """Runs a service in the main thread until SIGTERM, or until the supervisor is gone."""

    def __init__(self, context: Context, service: Service, manner: Manner, crew: Crew) -> None:
        self._loop = context.loop
        self._slot = context.slot
        self._service = service
        self._manner = manner
        self._lifeline = crew.lifeline
        self._supervisor = crew.supervisor
        self._is_stopping = False
        self._leave_at = 0.0
        self._exit_code = 0

    def run(self, announce: Callable[[], None]) -> int:
        """Serve to the end and return the exit code; `announce` is called when the service accepts."""
        # First the handler: from here on SIGTERM ends nothing that was accepted.
        self._loop.add_signal_handler(signal.SIGTERM, self._stop)
        self._loop.add_reader(self._lifeline, self._orphaned)
        self._service.start()
        announce()
        if self._manner.is_worker:
            self._slot.state = READY
            signals.tell(self._supervisor)
        self._beat()
        self._loop.run_forever()
        self._last_words()
        return self._exit_code

    def _beat(self) -> None:
        self._slot.beat()
        if self._manner.is_worker and not self._is_stopping and self._service.is_stuck():
            self._give_up()
        self._loop.call_later(_BEAT_SECONDS, self._beat)

    def _stop(self) -> None:
        if self._is_stopping:
            return
        self._is_stopping = True
        if self._manner.drain_delay > 0:
            # The state alone makes /health/ready answer 503.
            self._slot.state = STOPPING
            self._loop.call_later(self._manner.drain_delay, self._close_doors)
        else:
            self._close_doors()

    def _close_doors(self) -> None:
        # The waiting room's queue is for the workers.
        self._service.stop_accepting(take_queue=self._manner.is_worker)
        self._slot.state = STOPPING
        signals.tell(self._supervisor)
        self._leave_at = self._loop.time() + self._manner.patience
        self._leave_when_idle()

    def _give_up(self) -> None:
        self._is_stopping = True
        self._exit_code = STUCK_EXIT_CODE
        self._service.stop_accepting(take_queue=False)
        self._slot.state = STUCK
        signals.tell(self._supervisor)
        self._leave_at = self._loop.time() + self._manner.patience
        self._leave_when_idle()

    def _leave_when_idle(self) -> None:
        if self._service.is_idle() or self._loop.time() >= self._leave_at:
            self._loop.stop()
        else:
            self._loop.call_later(_POLL_SECONDS, self._leave_when_idle)

    def _orphaned(self) -> None:
        self._loop.remove_reader(self._lifeline)
        self._stop()

    def _last_words(self) -> None:
        """Predictions that hang in threads do not hold the end, and neither does a log that nobody reads."""
        deadline = threading.Timer(_LAST_WORDS_SECONDS, os._exit, (self._exit_code,))
        deadline.daemon = True
        deadline.start()
        self._service.close()
