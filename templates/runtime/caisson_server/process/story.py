"""The start: sockets, waiting room, model, workers; then supervision until the end."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Optional

from .. import log
from ..startup.cgroup import cpu_count, has_gpu, memory_limit, resident_bytes
from ..startup.listen import listen
from ..startup.temporary import ensure_temporary_folder
from . import signals
from .context import Composition
from .crew import Crew
from .deaths import MOST_DEATHS
from .fetching import ModelFolder, provide_model
from .launch import Launch, Order
from .memory import Loaded, freeze, is_single_threaded, load_before_fork
from .patience import Patience
from .reception import Reception
from .resume import Resume, adopt, parse, start_anew
from .sizing import Limits, most_workers, sharing_workers
from .supervisor import Supervisor
from .worker import Team

#: Besides the workers: those that hang while they are replaced, two waiting rooms (one that is closing), an errand.
_MORE_SLOTS = MOST_DEATHS + 3


def run(order: Order, composition: Composition, patience: Patience) -> None:
    """Serve until SIGTERM or SIGINT; no child is left then. Raises StartupError, StopError and what loading raises."""
    resume = parse(order.settings.resume)
    if resume is not None:
        signals.replay(resume.signals)
        order = replace(order, started=resume.started)
    launch = _launch(order, composition, patience, resume)
    try:
        reception = Reception(launch)
        reception.open()
        ensure_temporary_folder()
        with provide_model(launch, reception, resume) as folder:
            loaded = None if resume else _load_to_share(launch, folder)
            Supervisor(launch, reception, _team(launch, folder, loaded)).run()
    finally:
        launch.end()


def _launch(order: Order, composition: Composition, patience: Patience, resume: Optional[Resume]) -> Launch:
    settings = order.settings
    if resume is None:
        ports = [port for port in (settings.port, settings.metrics_port) if port is not None]
        sockets = tuple(map(listen, ports))
    else:
        sockets = adopt(resume)
    limits = Limits(cpu_count(), memory_limit(), has_gpu())
    slots = most_workers(settings.workers, limits) + _MORE_SLOTS
    return Launch(order, composition, patience, sockets, limits, Crew(slots), composition.make_metrics(slots))


def _load_to_share(launch: Launch, folder: ModelFolder) -> Optional[Loaded]:
    """The model in this process's memory, or None when workers have to load it. May start the server anew."""
    settings = launch.settings
    # One worker shares with nobody, and the supervisor's own copy would only cost memory.
    is_alone = most_workers(settings.workers, launch.limits) == 1
    if is_alone or not launch.composition.shares_memory(folder.path, settings):
        return None
    loaded = load_before_fork(launch, folder.path)
    if not is_single_threaded():
        _start_anew(launch, folder)
    freeze()
    return loaded


def _start_anew(launch: Launch, folder: ModelFolder) -> None:
    log.note("starts anew: the model left threads behind, so each worker has to load it")
    launch.crew.end(launch.answer_seconds)
    recorded = signals.record()
    signals.check()
    resume = Resume(
        sockets=tuple(shared.fileno() for shared in launch.sockets),
        signals=recorded,
        folder=str(folder.path) if folder.temporary else None,
        temporary=str(folder.temporary) if folder.temporary else None,
        started=launch.order.started,
    )
    start_anew(resume, launch.order.arguments, launch.order.environ)


def _team(launch: Launch, folder: ModelFolder, loaded: Optional[Loaded]) -> Team:
    workers = None
    if loaded is not None:
        workers = sharing_workers(launch.settings.workers, launch.limits, resident_bytes(os.getpid()))
    return Team(folder.path, workers, loaded)
