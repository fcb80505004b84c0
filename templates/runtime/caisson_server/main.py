"""The story of a start: settings, socket, server, model, ready; then until a signal comes."""

from __future__ import annotations

import shutil
import signal
import tempfile
import threading
import time
import traceback
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Dict, Iterator, Mapping, Optional, Sequence

from . import log
from .errors import StartupError
from .redaction import path_hider, strip_user_info
from .startup.image_file import read_image_file
from .startup.listen import listen
from .startup.model_source import BakedModel, ModelSource, choose_source
from .startup.settings import Settings, read_settings
from .startup.temporary import ensure_temporary_folder
from .web.app import Application
from .web.pool import PredictionPool
from .web.server import HttpServer
from .web.state import Scorer, ServerState

_POLL_SECONDS = 1.0
_RUNTIME_FOLDER = Path(__file__).resolve().parent.parent


#: Python drops an exception that a handler raises inside a destructor, so the signal is also remembered here.
_stop_requested = threading.Event()


class StopError(BaseException):
    """SIGTERM or SIGINT came. Not an Exception, so that no model that is being loaded swallows it."""


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Serve until a signal comes and return the exit code: 0, 1 for a start that failed, 2 for a wrong setting."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    try:
        settings = read_settings(environ, arguments, _RUNTIME_FOLDER.parent / "image.json")
        source = choose_source(read_image_file(settings.image_file), settings)
        _serve(settings, source)
    except StopError:
        pass
    except StartupError as error:
        log.failed(str(error))
        return error.exit_code
    except BaseException as error:  # noqa: BLE001 - whatever a model's code raises while it is loaded
        traceback.print_exc()
        log.failed(f"{type(error).__name__}: {error}")
        return 1
    return 0


def _serve(settings: Settings, source: ModelSource) -> None:
    state = ServerState()
    pool = PredictionPool()
    application = Application(state, pool, settings.request_timeout)
    server = HttpServer(application, listen(settings.port))
    server.start()
    ensure_temporary_folder()
    started = time.monotonic()
    with _model_folder(source) as folder:
        try:
            state.scorer = _load(folder, settings)
            seconds = round(time.monotonic() - started, 2)
            log.ready({**_facts(source, folder), "port": settings.port, "load_seconds": seconds})
            _wait_for_signal(server)
        finally:
            _ignore_signals()
            state.stopping = True
            server.stop()
            pool.close()


def _stop(_number: int, _frame: Optional[FrameType]) -> None:
    _stop_requested.set()
    raise StopError


def _wait_for_signal(server: HttpServer) -> None:
    while not _stop_requested.is_set():
        if not server.is_running_after(_POLL_SECONDS):
            raise StartupError("the HTTP server ended by itself")
    raise StopError


def _ignore_signals() -> None:
    """One signal is enough: a second must not cut short what the first began."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def _model_folder(source: ModelSource) -> Iterator[Path]:
    """The folder with the model's files; a fetched one is removed at the end."""
    if isinstance(source, BakedModel):
        yield source.folder
        return
    from .startup.fetch import fetch_model  # noqa: PLC0415 - not needed by a baked model

    temporary = Path(tempfile.mkdtemp(prefix="caisson-model-"))
    try:
        yield fetch_model(source.uri, temporary)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _load(folder: Path, settings: Settings) -> Scorer:
    # Imported here because numpy, pandas and MLflow take seconds, and the socket already listens.
    from .model.pyfunc import load_pyfunc  # noqa: PLC0415
    from .scoring import ModelScorer  # noqa: PLC0415

    model = load_pyfunc(folder, settings.model_config)
    return ModelScorer(model, path_hider((folder, _RUNTIME_FOLDER.parent)))


def _facts(source: ModelSource, folder: Path) -> Dict[str, str]:
    return {"model_uri": strip_user_info(source.uri), "model_folder": str(folder)}
