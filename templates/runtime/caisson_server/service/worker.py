"""The server of a worker: one model behind all routes."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Sequence

from .. import log
from ..lanes.batch import BatchLane
from ..lanes.job import Job
from ..lanes.lanes import Lanes
from ..lanes.pool import PoolLane
from ..metrics.families import ModelInfo
from ..model.port import Model
from ..process.context import Context
from ..redaction import strip_secrets
from ..scoring.batching_choice import Batching, decide_batching
from ..scoring.scorer import Scorer
from ..startup.cgroup import cpu_count
from ..telemetry.tracer import Tracer
from ..web.app import Application, Gate
from ..web.http.doors import Doors
from ..web.routes import RouteTable
from .gate import KeyGate, OpenGate
from .model_routes import ModelRoutes
from .observer import RequestObserver
from .web_service import BoardNeighbours, Ends, Entrance, WebService

#: As many as MLflow's own server has: enough that a few slow predictions do not stop the others.
_THREADS_BESIDE_CPUS = 4
_MOST_THREADS = 32


def build_worker(model: Model, context: Context) -> WebService:
    """The server; it does not accept yet. Raises StartupError for a handler or a file of keys that cannot be used."""
    settings, loop = context.settings, context.loop
    batching = decide_batching(model, context.model_folder, settings.batching)
    routes = ModelRoutes(model, context, lambda name: _info(model, context, batching, name))
    metrics = context.metrics.worker(context.slot.index)
    lanes = _lanes(model, context, batching, metrics)
    writer = log.in_background()
    tracer = _tracer(context, routes.identity.name)
    access_log = log.AccessLog(writer) if settings.access_log else None
    observer = RequestObserver(metrics, access_log, tracer, lambda: lanes.waiting)

    def application(table: RouteTable, gate: Gate) -> Application:
        return Application(loop, table, lanes, gate, observer, settings.request_timeout)

    main = Doors(loop, application(routes.main(), KeyGate(settings)), neighbours=BoardNeighbours(context.slot))
    beside = Doors(loop, application(routes.beside(), OpenGate()))
    metrics.ready(context.load_seconds)
    closers: List[Callable[[], None]] = [*([] if tracer is None else [tracer.close]), log.close]
    entrances = [Entrance(main, context.sockets[:1]), Entrance(beside, context.sockets[1:])]
    return WebService(entrances, lanes, _facts(model, context, batching), Ends([metrics.stopping], closers))


def _lanes(model: Model, context: Context, batching: Batching, metrics: Any) -> Lanes:
    scorer = Scorer(model, called=metrics.model_called)

    def together(jobs: Sequence[Job]) -> List[Any]:
        return scorer.score_together([(job.dialect, job.call) for job in jobs])

    def alone(job: Job) -> Any:
        return scorer.score(job.dialect, job.call)

    settings, loop = context.settings, context.loop
    threads = min(_MOST_THREADS, cpu_count() + _THREADS_BESIDE_CPUS)
    pool = PoolLane(loop, alone, context.prepare_thread, threads)
    batch = BatchLane(loop, together, context.prepare_thread, settings.batch_seconds) if batching.is_on else None
    return Lanes(pool, batch, settings.queue_size, metrics.queue_length)


def _tracer(context: Context, model_name: str) -> Optional[Tracer]:
    if context.settings.otel is None:
        return None
    version = context.image.caisson_version
    return Tracer(context.settings.otel, version, {"service.version": version, "mlflow.model.name": model_name})


def _info(model: Model, context: Context, batching: Batching, name: str) -> ModelInfo:
    return ModelInfo(
        model_uri=strip_secrets(context.model_uri),
        model_name=name,
        flavor=model.loader,
        loader=model.loaded_by,
        mlflow_version=model.mlflow_version,
        caisson_version=context.image.caisson_version,
        batching=_word(batching),
    )


def _facts(model: Model, context: Context, batching: Batching) -> Dict[str, Any]:
    return {
        "loader": model.loaded_by,
        "batching": _word(batching),
        "batching_reason": batching.reason,
        "native_threads": context.native_threads,
    }


def _word(batching: Batching) -> str:
    return "on" if batching.is_on else "off"
