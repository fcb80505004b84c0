"""Entry point of the image: `python serve.py [serve]`. See caisson_server/startup/settings.py for what it reads.

The server's own packages stand behind the model's in sys.path, so that every version that the model asked for wins.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import NoReturn

# Before the rest is imported: process 1 ignores signals that it does not handle, and a stop would wait for long.
for _number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(_number, lambda *_: os._exit(0))

sys.path.append(str(Path(__file__).resolve().parent.parent / "lib"))

from caisson_server.main import main  # noqa: E402 - found by the path that was just added

_PATIENCE_SECONDS = 1.0


def leave(exit_code: int) -> NoReturn:
    """End the process soon, even when a prediction hangs in a thread that Python would wait for."""
    deadline = threading.Timer(_PATIENCE_SECONDS, os._exit, (exit_code,))
    deadline.daemon = True
    deadline.start()
    sys.exit(exit_code)


if __name__ == "__main__":
    leave(main(sys.argv[1:], os.environ))
