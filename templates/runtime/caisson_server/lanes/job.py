"""One call on its way to the model and back."""

from __future__ import annotations

import time
from typing import Any, Callable, Optional

from ..scoring.port import Call
from ..web.answer import Answer

#: Called on the event loop's thread; the answer is None when the client had gone before its turn.
Deliver = Callable[["Job", Optional[Answer]], None]


class Job:
    """Made and ended on the event loop's thread; a prediction thread reads it in between."""

    __slots__ = ("began", "call", "deliver", "dialect", "ended", "exchange", "is_over", "queued", "words")

    def __init__(self, call: Call, dialect: Any, exchange: Any, deliver: Deliver) -> None:
        self.call = call
        self.dialect = dialect
        self.exchange = exchange
        self.deliver = deliver
        #: Answered, or past its time: what still comes is dropped.
        self.is_over = False
        #: By `time.perf_counter`: put in the queue, taken from it, predicted. 0 before.
        self.queued = time.perf_counter()
        self.began = 0.0
        self.ended = 0.0
        #: How the route speaks of faults; set by the application.
        self.words: Any = None

    @property
    def is_unwanted(self) -> bool:
        """Whether nobody waits for the answer any more."""
        return self.is_over or bool(self.exchange.is_gone)
