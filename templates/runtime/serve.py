"""Entry point of the image: `python serve.py [serve]`. See caisson_server/startup/settings.py for what it reads.

The server's own packages stand behind the model's in sys.path, so that every version that the model asked for wins.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import NoReturn

sys.path.append(str(Path(__file__).resolve().parent.parent / "lib"))

from caisson_server.main import main

_PATIENCE_SECONDS = 1.0


def leave(exit_code: int) -> NoReturn:
    """End the process soon, even when a prediction hangs in a thread that Python would wait for."""
    deadline = threading.Timer(_PATIENCE_SECONDS, os._exit, (exit_code,))
    deadline.daemon = True
    deadline.start()
    sys.exit(exit_code)


if __name__ == "__main__":
    leave(main(sys.argv[1:], os.environ))
