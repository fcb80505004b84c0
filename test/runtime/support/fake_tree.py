"""A running fake_server.py with all its processes."""

from __future__ import annotations

import http.client
import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable, Dict, Mapping, Optional, Sequence, Set, Tuple

from support.process import ServerProcess

_SUPPORT = Path(__file__).resolve().parent
_RUNTIME = _SUPPORT.parents[2] / "templates" / "runtime"
_PATIENCE = 20.0
OK = 200

Reply = Tuple[int, Dict[str, Any]]


class FakeTree(ServerProcess):
    """Made in an empty folder of its own. At the end of the context no process of it may be left."""

    def __init__(
        self,
        folder: Path,
        *,
        environ: Optional[Mapping[str, str]] = None,
        baked: bool = True,
        prefix: Sequence[str] = (),
        **script: Any,
    ) -> None:
        self.folder = folder
        self.model = folder / "model"
        self.model.mkdir()
        (self.model / "fake.json").write_text(json.dumps(script))
        (self.model / "MLmodel").touch()
        image = {"caisson_version": "0", "model_source": "baked" if baked else "load-at-start"}
        (folder / "image.json").write_text(json.dumps({**image, "model_uri": "runs:/r/m", "pinned_uri": None}))
        path = os.pathsep.join(map(str, (_RUNTIME, _SUPPORT.parent, folder / "stubs")))
        super().__init__(
            _SUPPORT / "fake_server.py",
            self.model if baked else None,
            ["--image-file", str(folder / "image.json")],
            {**_byte_code(folder.parent), "PYTHONPATH": path, "MLFLOW_MODELS_WORKERS": "2", **(environ or {})},
            prefix,
        )

    def __enter__(self) -> FakeTree:  # noqa: PYI034 - Self is not in Python 3.8
        return self

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        eventually(lambda: not self.pids())

    def ask(self, path: str, port: Optional[int] = None, timeout: float = _PATIENCE) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=timeout)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def status(self, path: str) -> int:
        """0 when nobody listens or answers."""
        try:
            return self.ask(path)[0]
        except (OSError, http.client.HTTPException):
            return 0

    def workers(self, number: int) -> Set[int]:
        """The pids of so many ready workers, when there are as many."""
        found: Set[int] = set()

        def have_all() -> bool:
            # Whoever is free accepts, so that a few requests at once reach all of them sooner or later.
            with suppress(OSError, http.client.HTTPException):
                status, reply = self.ask("/ready")
                found.update([reply["pid"]] if status == OK else [])
            return len(found) >= number

        eventually(have_all)
        return found

    def pids(self) -> Set[int]:
        """All processes of this server but zombies."""
        marker = str(self.folder).encode()
        found = set()
        for process in Path("/proc").iterdir():
            with suppress(OSError):
                if process.name.isdecimal() and marker in (process / "cmdline").read_bytes():
                    found.add(int(process.name))
        return found

    def children(self, pid: Optional[int] = None) -> Dict[int, str]:
        """The children of the supervisor, or of another process, and their states; Z is a zombie's."""
        found = {}
        for process in Path("/proc").iterdir():
            with suppress(OSError):
                if process.name.isdecimal():
                    state, parent = (process / "stat").read_text().rpartition(")")[2].split()[:2]
                    if int(parent) == (pid or self.process.pid):
                        found[int(process.name)] = state
        return found

    def count(self, beginning: str) -> int:
        """Lines of the log that begin like this."""
        return sum(line.startswith(beginning) for line in list(self.lines))


def _byte_code(shared: Path) -> Dict[str, str]:
    """Compile the server once for all tests."""
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(shared / "byte-code")}


def eventually(condition: Callable[[], bool], seconds: float = _PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)
