"""How many workers, and how many threads for native libraries in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

#: The part of the memory that workers may fill; the rest is for requests.
_USABLE = 0.8
#: What a forked worker adds to the memory that it shares, as a part of it: reference counts, and its own work.
_OWN_SHARE = 0.25
_OWN_LEAST_BYTES = 32 << 20


@dataclass(frozen=True)
class Limits:
    """What the container may use, seen at the start."""

    cpus: int
    memory_bytes: int
    has_gpu: bool


def most_workers(asked: Optional[int], limits: Limits) -> int:
    """How many workers there may be, before it is known how much memory one takes."""
    if asked is not None:
        return asked
    # Each worker would hold the model in the GPU's memory again.
    return 1 if limits.has_gpu else limits.cpus


def separate_workers(asked: Optional[int], limits: Limits, worker_bytes: int) -> int:
    """How many workers, when each one takes `worker_bytes`."""
    most = most_workers(asked, limits)
    if asked is not None or worker_bytes <= 0:
        return most
    return max(1, min(most, int(limits.memory_bytes * _USABLE / worker_bytes)))


def sharing_workers(asked: Optional[int], limits: Limits, supervisor_bytes: int) -> int:
    """How many workers, when they are forked from a supervisor that holds the model in `supervisor_bytes`."""
    most = most_workers(asked, limits)
    if asked is not None:
        return most
    own = max(supervisor_bytes * _OWN_SHARE, _OWN_LEAST_BYTES)
    return max(1, min(most, int((limits.memory_bytes * _USABLE - supervisor_bytes) / own)))


def native_threads(limits: Limits, workers: int) -> int:
    """Threads of native libraries in each worker, so that all together fill the CPUs once."""
    return max(1, limits.cpus // workers)
