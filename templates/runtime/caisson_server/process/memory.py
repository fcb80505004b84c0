"""The model loaded in the supervisor, so that all workers share its memory."""

from __future__ import annotations

import gc
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Tuple

from . import native, signals
from .launch import Launch

_TASKS = Path("/proc/self/task")
_ATTEMPTS = 20
_PAUSE_SECONDS = 0.01


@dataclass(frozen=True)
class Loaded:
    """A model in the supervisor's memory, shared by the workers that are forked from it."""

    model: Any
    load_seconds: float
    #: Kinds of native libraries that were held to one thread while it was loaded.
    held: Tuple[str, ...]


def load_before_fork(launch: Launch, folder: Path) -> Loaded:
    """Load the model here; no prediction ever runs here, because OpenMP does not survive a fork after one.

    Raises StopError when SIGTERM comes meanwhile, and whatever loading raises.
    """
    held = native.free_kinds(launch.order.environ)
    native.limit_threads(1, held)
    started = time.monotonic()
    with signals.stoppable():
        model = launch.composition.load(folder, launch.settings)
        load_seconds = time.monotonic() - started
        launch.composition.preload()
    return Loaded(model, load_seconds, held)


def is_single_threaded() -> bool:
    """Whether this process has one OS thread. A fork copies only the calling one, and every lock as it is."""
    for _ in range(_ATTEMPTS):
        if len(list(_TASKS.iterdir())) == 1:
            return True
        # One that was joined a moment ago may still be listed.
        time.sleep(_PAUSE_SECONDS)
    return False


def freeze() -> None:
    """Keep the garbage collector from touching what is there to stay, and thereby copying what processes share."""
    gc.collect()
    gc.freeze()


def renew_randomness() -> None:
    """In a forked child: numpy's global generator would give every worker the same numbers. Python's own does not."""
    generator = sys.modules.get("numpy.random")
    if generator is not None:
        generator.seed()
