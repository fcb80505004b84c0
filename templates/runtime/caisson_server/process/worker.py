"""A worker: it has a model, loaded by itself or by the supervisor, and serves it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Callable, Optional

from ..startup.cgroup import resident_bytes
from . import native
from .board import Slot
from .crew import Task
from .launch import Launch
from .life import Life, Manner
from .lifeline import ends_with_supervisor
from .memory import Loaded, freeze, renew_randomness
from .report import Report
from .sizing import most_workers, native_threads, separate_workers

#: Every request is answered when its own time-out is over; this is for the way of the answer.
_PATIENCE_SECONDS = 1.0


@dataclass(frozen=True)
class Team:
    """What all workers have in common."""

    folder: Path
    #: How many there are to be. None at first when each loads the model itself: the first one finds out.
    workers: Optional[int]
    #: None when each loads the model itself.
    loaded: Optional[Loaded]


@dataclass(frozen=True)
class _Equipment:
    """A model, and what there is to know when it is served."""

    model: Any
    load_seconds: float
    workers: int
    native_threads: int
    prepare_thread: Callable[[], None]


def worker_task(launch: Launch, team: Team) -> Task:
    """What a worker's process does."""

    def run(slot: Slot, report: Report) -> int:
        try:
            equipment = _load(launch, team) if team.loaded is None else _inherit(launch, team, team.loaded)
            return _serve(launch, team.folder, equipment, slot, report)
        except BaseException as error:  # noqa: BLE001 - whatever a model's code raises
            report.send_failure(error)
            return 1

    return run


def _load(launch: Launch, team: Team) -> _Equipment:
    asked, limits = launch.settings.workers, launch.limits
    expected = _threads(launch, team.workers or most_workers(asked, limits))
    held = native.free_kinds(launch.order.environ)
    native.limit_threads(expected, held)
    started = time.monotonic()
    with ends_with_supervisor(launch.crew.lifeline):
        model = launch.composition.load(team.folder, launch.settings)
    load_seconds = time.monotonic() - started
    workers = team.workers or separate_workers(asked, limits, resident_bytes(os.getpid()))
    threads = _threads(launch, workers)
    prepare = native.nothing if threads == expected else native.allow_threads(threads, held)
    return _Equipment(model, load_seconds, workers, threads, prepare)


def _inherit(launch: Launch, team: Team, loaded: Loaded) -> _Equipment:
    renew_randomness()
    workers = team.workers or 1
    threads = _threads(launch, workers)
    prepare = native.nothing if threads == 1 else native.allow_threads(threads, loaded.held)
    return _Equipment(loaded.model, loaded.load_seconds, workers, threads, prepare)


def _threads(launch: Launch, workers: int) -> int:
    return native.threads_by_user(launch.order.environ) or native_threads(launch.limits, workers)


def _serve(launch: Launch, folder: Path, equipment: _Equipment, slot: Slot, report: Report) -> int:
    context = replace(
        launch.context(slot, folder),
        load_seconds=equipment.load_seconds,
        native_threads=equipment.native_threads,
        prepare_thread=equipment.prepare_thread,
    )
    service = launch.composition.build(equipment.model, context)
    freeze()
    settings = launch.settings
    manner = Manner(
        is_worker=True, drain_delay=settings.drain_delay, patience=settings.request_timeout + _PATIENCE_SECONDS
    )
    life = Life(context, service, manner, launch.crew)
    return life.run(lambda: report.send_ready(equipment.workers, service.facts))
