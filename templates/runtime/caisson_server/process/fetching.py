"""A model that is not in the image, fetched by a child: MLflow's client would stay in the supervisor's memory."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Optional

from ..startup.model_source import BakedModel
from . import signals
from .board import Slot
from .crew import ERRAND, Crew, Ended, Task
from .launch import Launch
from .lifeline import ends_with_supervisor
from .reception import Reception
from .report import Report, failure
from .resume import Resume

_POLL_SECONDS = 1.0


@dataclass(frozen=True)
class ModelFolder:
    """Where the model's files are."""

    path: Path
    #: The folder around it, which is removed at the end; None for a model of the image.
    temporary: Optional[Path]


@contextmanager
def provide_model(launch: Launch, reception: Reception, resume: Optional[Resume]) -> Iterator[ModelFolder]:
    """The model's folder, there until the end of the server. A life before this one may have fetched it already.

    Raises StartupError when it cannot be fetched, and StopError when SIGTERM comes meanwhile.
    """
    source = launch.order.source
    if isinstance(source, BakedModel):
        yield ModelFolder(source.folder, None)
        return
    temporary = _temporary_folder(resume)
    try:
        if resume is not None and resume.folder is not None:
            yield ModelFolder(Path(resume.folder), temporary)
        else:
            yield ModelFolder(_fetch(launch.crew, reception, source.uri, temporary), temporary)
    finally:
        # Children may read from it to their end.
        launch.end()
        shutil.rmtree(temporary, ignore_errors=True)


def _temporary_folder(resume: Optional[Resume]) -> Path:
    import tempfile  # noqa: PLC0415 - the waiting room does not wait for it

    if resume is not None and resume.temporary is not None:
        return Path(resume.temporary)
    return Path(tempfile.mkdtemp(prefix="caisson-model-"))


def _fetch(crew: Crew, reception: Reception, uri: str, into: Path) -> Path:
    errand = crew.start(ERRAND, _errand(crew.lifeline, uri, into))
    while True:
        if signals.wait(_POLL_SECONDS) in signals.STOP:
            raise signals.StopError
        for ended in crew.reap():
            reception.note_end(ended)
            if ended.member is errand:
                return _result(ended)
        reception.mind()


def _errand(lifeline: int, uri: str, into: Path) -> Task:
    def run(_slot: Slot, report: Report) -> int:
        from ..startup.fetch import fetch_model  # noqa: PLC0415 - not needed by a baked model

        try:
            with ends_with_supervisor(lifeline):
                report.send({"folder": str(fetch_model(uri, into))})
        except BaseException as error:  # noqa: BLE001 - MLflow's client and its plugins may raise anything
            report.send_failure(error)
            return 1
        return 0

    return run


def _result(ended: Ended) -> Path:
    if ended.message is None or "folder" not in ended.message:
        raise failure(ended.message, ended.status, "fetched the model")
    return Path(ended.message["folder"])
