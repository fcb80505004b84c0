"""The server as the process that a container runs."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

import httpx

_RUNTIME = Path(__file__).resolve().parents[3] / "templates" / "runtime"
_PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_image(folder: Path, **fields: Any) -> Path:
    """An image's /opt/caisson in a folder: the runtime and image.json. Returns its serve.py."""
    image = {"caisson_version": "0.0.0", "model_source": "baked", "model_uri": "runs:/r/m", "pinned_uri": None}
    if not (folder / "runtime").exists():
        shutil.copytree(_RUNTIME, folder / "runtime", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "image.json").write_text(json.dumps({**image, **fields}, sort_keys=True) + "\n")
    return folder / "runtime" / "serve.py"


class ServerProcess:
    """A running serve.py; a context manager that ends it."""

    def __init__(
        self,
        serve: Path,
        model: Optional[Path] = None,
        arguments: Sequence[str] = (),
        environ: Optional[Mapping[str, str]] = None,
        prefix: Sequence[str] = (),
    ) -> None:
        self.port = free_port()
        self.lines: List[str] = []
        options = [] if model is None else ["--model-folder", str(model)]
        inherited = ("PATH", "HOME", "LANG", "TMPDIR")
        env: Dict[str, str] = {name: os.environ[name] for name in inherited if name in os.environ}
        env.update({"PORT": str(self.port), "PYTHONDONTWRITEBYTECODE": "1"}, **(environ or {}))
        self.process = subprocess.Popen(
            [*prefix, sys.executable, str(serve), *arguments, *options],
            env=env,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            cwd=serve.parent.parent,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> ServerProcess:  # noqa: PYI034 - Self is not in Python 3.8
        return self

    def __exit__(self, *_error: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(5)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return "\n".join(self.lines)

    def wait_ready(self) -> Dict[str, Any]:
        """The facts of the ready line."""
        line = self.wait_line("caisson ready ")
        facts: Dict[str, Any] = json.loads(line.split("caisson ready ", 1)[1])
        return facts

    def wait_line(self, beginning: str) -> str:
        return self._wait(lambda line: line.startswith(beginning), f"no line begins with '{beginning}'")

    def wait_text(self, text: str) -> str:
        """The first line that holds the text."""
        return self._wait(lambda line: text in line, f"no line holds '{text}'")

    def _wait(self, matches: Callable[[str], bool], complaint: str) -> str:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            found = next(filter(matches, list(self.lines)), None)
            if found is not None:
                return found
            if self.process.poll() is not None and not self._reader.is_alive():
                break
            time.sleep(0.02)
        raise AssertionError(f"{complaint}:\n{self.log}")

    def wait_listening(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not self._is_live():
            assert time.monotonic() < deadline, f"the server does not listen:\n{self.log}"
            time.sleep(0.02)

    def _is_live(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/live").status_code == 200
        except httpx.TransportError:
            return False

    def wait_exit(self) -> int:
        code = self.process.wait(_PATIENCE)
        self._reader.join(5)
        return code

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.wait_exit()

    def _read(self) -> None:
        if self.process.stderr is None:
            return
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))
