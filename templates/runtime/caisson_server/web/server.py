"""uvicorn in a thread of its own, on a socket that is already open.

The main thread stays free for the model, which often insists on being loaded there, and for signals. Only parts of
uvicorn that have been the same since 0.15 (2021) are used: a model may bring an old one.
"""

from __future__ import annotations

import socket
import threading
import time
from typing import Any, Optional

import uvicorn

from ..errors import StartupError

#: Longer than the 60 s after which load balancers usually drop a connection, so that they and not we close it.
_KEEP_ALIVE_SECONDS = 75
_POLL_SECONDS = 0.01


class HttpServer:
    """Answers requests from `start` to `stop`."""

    def __init__(self, application: Any, listener: socket.socket) -> None:
        self._listener = listener
        self._failure: Optional[BaseException] = None
        self._server = uvicorn.Server(
            uvicorn.Config(
                application,
                interface="asgi3",
                lifespan="off",
                ws="none",
                log_config=None,
                log_level="warning",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                workers=1,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            )
        )
        self._thread = threading.Thread(target=self._run, name="http", daemon=True)
        # Not Thread.join: an exception that a signal handler raises inside it makes Python 3.8 to 3.12 take the thread
        # for ended (bpo-45274), and the process would leave before its requests are finished.
        self._ended = threading.Event()

    def start(self) -> None:
        """Return once requests are answered. Raises StartupError when uvicorn gives up."""
        self._thread.start()
        while not self._server.started:
            if self._ended.is_set():
                raise StartupError("the HTTP server did not start") from self._failure
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """Take no new connections, finish the requests under way, and return."""
        self._server.should_exit = True
        self._ended.wait()

    def is_running_after(self, seconds: float) -> bool:
        """Wait, and say whether the server still runs. It should until `stop`."""
        return not self._ended.wait(seconds)

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._listener])
        except BaseException as error:  # noqa: BLE001 - uvicorn leaves by SystemExit, too
            self._failure = error
        finally:
            self._ended.set()
