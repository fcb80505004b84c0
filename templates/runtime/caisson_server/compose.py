"""Puts the server together: what process/ asks for (process.context.Composition), from all other packages.

The supervisor imports this module, so everything heavy is imported where it is needed.
"""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .metrics.shared import SharedMetrics
from .model.options import LoadOptions
from .process.context import Context, Service
from .service.labels import LABELS
from .startup.settings import Settings

if TYPE_CHECKING:
    import asyncio

#: Requests leave little garbage behind that counting references does not find; looking for it often makes them slow.
_GARBAGE_THRESHOLDS = (20_000, 20, 50)


def make_metrics(slots: int) -> SharedMetrics:
    """See Composition."""
    return SharedMetrics(slots, LABELS)


def forget(metrics: SharedMetrics, slot: int) -> None:
    """See Composition."""
    metrics.forget(slot)


def count_death(metrics: SharedMetrics) -> None:
    """See Composition."""
    metrics.count_death()


def new_loop() -> asyncio.AbstractEventLoop:
    """See Composition."""
    import asyncio  # noqa: PLC0415 - only children have event loops

    try:
        import uvloop  # noqa: PLC0415
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


def shares_memory(folder: Path, settings: Settings) -> bool:
    """See Composition."""
    from .model.load import shares_memory as shares  # noqa: PLC0415

    return shares(folder, _options(settings))


def load(folder: Path, settings: Settings) -> Any:
    """See Composition."""
    from .model.load import load_model  # noqa: PLC0415

    return load_model(folder, _options(settings))


def preload() -> None:
    """See Composition."""
    from .service import worker  # noqa: F401, PLC0415
    from .web.http import parsers  # noqa: F401, PLC0415


def build(model: Any, context: Context) -> Service:
    """See Composition."""
    from .service.worker import build_worker  # noqa: PLC0415

    gc.set_threshold(*_GARBAGE_THRESHOLDS)
    return build_worker(model, context)


def build_waiting_room(context: Context) -> Service:
    """See Composition."""
    from .service.room import build_room  # noqa: PLC0415

    return build_room(context)


def _options(settings: Settings) -> LoadOptions:
    return LoadOptions(settings.loader, settings.model_config, settings.mlflow_switches)
