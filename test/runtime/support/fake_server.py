"""A server with the real processes and a model that does what a test needs; run as a program, like serve.py.

The model's folder holds fake.json, whose fields are those of Script. The server answers `GET` requests by their paths,
one for each connection, with small JSON objects.
"""

from __future__ import annotations

import asyncio
import json
import mmap
import os
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict

from caisson_server import log
from caisson_server.errors import StartupError
from caisson_server.main import run
from caisson_server.process import story
from caisson_server.process.context import Context
from caisson_server.process.patience import Patience
from caisson_server.startup.settings import Settings
from support.fake_service import FakeService

_CELL = 8


@dataclass(frozen=True)
class Script:
    """What the model and its loading do."""

    shares_memory: bool = False
    load_seconds: float = 0.0
    #: "", "raise", "refuse" (a StartupError), "exit" (sys.exit), "die" (SIGKILL), "thread" (leaves one behind).
    load: str = ""
    #: Megabytes that the model takes.
    megabytes: int = 0
    #: A file that makes loading raise as soon as it exists.
    poison: str = ""
    #: How long the event loop may stand still.
    silence: float = 30.0
    #: How long a worker may take to end.
    last_answer: float = 5.0
    #: Megabytes that the container seems to have; 0 for as many as it has.
    memory: int = 0

    @staticmethod
    def read(folder: Path) -> Script:
        return Script(**json.loads((folder / "fake.json").read_text()))


class Metrics:
    """Two counters for each slot, requests and how often the slot was forgotten; and one for deaths."""

    def __init__(self, slots: int) -> None:
        self.cells = memoryview(mmap.mmap(-1, (slots * 2 + 1) * _CELL)).cast("q")

    def add(self, slot: int, column: int) -> None:
        self.cells[slot * 2 + column] += 1

    def totals(self) -> Dict[str, int]:
        *cells, deaths = self.cells.tolist()
        return {"requests": sum(cells[::2]), "forgotten": sum(cells[1::2]), "deaths": deaths}


class FakeComposition:
    def make_metrics(self, slots: int) -> Metrics:
        return Metrics(slots)

    def forget(self, metrics: Metrics, slot: int) -> None:
        metrics.add(slot, 1)

    def count_death(self, metrics: Metrics) -> None:
        metrics.cells[-1] += 1

    def new_loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.new_event_loop()

    def shares_memory(self, folder: Path, _settings: Settings) -> bool:
        return Script.read(folder).shares_memory

    def load(self, folder: Path, _settings: Settings) -> Any:
        script = Script.read(folder)
        log.write(f"loading in process {os.getpid()}")
        _load(script)
        return {"loaded_in": os.getpid(), "weights": os.urandom(1 << 20) * script.megabytes}

    def preload(self) -> None:
        log.write("preloaded")

    def build(self, model: Any, context: Context) -> FakeService:
        return FakeService(context, model)

    def build_waiting_room(self, context: Context) -> FakeService:
        return FakeService(context, None)


def _load(script: Script) -> None:
    time.sleep(script.load_seconds)
    if script.load == "raise" or (script.poison and Path(script.poison).exists()):
        raise RuntimeError("the weights are gone")
    if script.load == "refuse":
        raise StartupError("this model is not for this server")
    if script.load == "exit":
        sys.exit(0)
    if script.load == "die":
        os.kill(os.getpid(), 9)
    if script.load == "thread":
        threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()


def _main() -> int:
    given = [Path(folder) for option, folder in zip(sys.argv, sys.argv[1:]) if option == "--model-folder"]
    script = Script.read(given[0]) if given else Script()
    if script.memory:
        vars(story)["memory_limit"] = lambda: script.memory << 20
    log.write("begins")
    return run(sys.argv[1:], os.environ, FakeComposition, Patience(script.silence, script.last_answer))


if __name__ == "__main__":
    sys.exit(_main())
