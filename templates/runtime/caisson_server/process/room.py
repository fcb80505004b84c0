"""The waiting room: a process that answers 503 while no worker is ready."""

from __future__ import annotations

from pathlib import Path

from . import native
from .board import Slot
from .crew import Task
from .launch import Launch
from .life import Life, Manner
from .report import Report

#: It answers at once; this is for clients that are slow to read or write.
PATIENCE_SECONDS = 2.0


def room_task(launch: Launch, folder: Path) -> Task:
    """What the process of a waiting room does; `folder` is where the model's files are, or would be in the image."""

    def run(slot: Slot, _report: Report) -> int:
        context = launch.context(slot, folder)
        service = launch.composition.build_waiting_room(context)
        manner = Manner(is_worker=False, drain_delay=0.0, patience=PATIENCE_SECONDS)
        return Life(context, service, manner, launch.crew).run(native.nothing)

    return run
