"""How a child notices that the supervisor is gone, however it went."""

from __future__ import annotations

import os
import select
import threading
from contextlib import contextmanager
from typing import Iterator


@contextmanager
def ends_with_supervisor(lifeline: int) -> Iterator[None]:
    """While it lasts this process ends at once when the lifeline is cut: nobody waits for its work any more.

    For work that blocks the main thread. A process that serves watches the lifeline on its event loop.
    """
    woken, wake = os.pipe()

    def watch() -> None:
        readable, _, _ = select.select([lifeline, woken], [], [])
        if woken not in readable:
            os._exit(1)
        os.close(woken)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
    try:
        yield
    finally:
        os.close(wake)
