"""How long the supervisor bears with a worker."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """Times in seconds; tests wait less."""

    #: How long the event loop of a worker may stand still before the worker is killed. A prediction that holds Python's
    #: global lock stops the loop as well, so no worker is killed before the time-out of requests.
    silence: float = 30.0
    #: How long a worker that ends may take beyond the time-out of its last request, for the way of the answer.
    last_answer: float = 5.0
