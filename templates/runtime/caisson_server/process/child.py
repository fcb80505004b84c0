"""Fork, and a clean start on the other side."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Callable

from .. import log
from . import signals

_OOM_SCORE = Path("/proc/self/oom_score_adj")
#: Enough that the kernel takes a worker before the supervisor when the container's memory is used up.
_SACRIFICE = 300
_HIGHEST_SCORE = 1000


def fork(task: Callable[[], int]) -> int:
    """Run `task` in a child that ends with the exit code that it returns; 1 when it raises. Returns the child's pid.

    No event loop and no other thread may run in this process. The child never returns from here, and runs no handlers
    of atexit: those that it inherited are its parent's.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signals.reset()
        _offer_to_the_kernel()
        code = task()
    except BaseException as error:  # noqa: BLE001 - the last resort of a process
        log.exception(None, error)
    finally:
        _flush()
        os._exit(code)


def _offer_to_the_kernel() -> None:
    with suppress(OSError, ValueError):
        score = int(_OOM_SCORE.read_text(encoding="ascii"))
        _OOM_SCORE.write_text(str(min(score + _SACRIFICE, _HIGHEST_SCORE)), encoding="ascii")


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
