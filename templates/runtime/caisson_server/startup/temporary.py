"""A folder for temporary files in a container whose root file system is read-only."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Optional

#: In memory, and writable in every container of Docker and Kubernetes unless it is forbidden on purpose.
_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - never written to by a guessable name: only tempfile uses it


def ensure_temporary_folder() -> Optional[Path]:
    """The folder that `tempfile` uses, in this process and its children; None when there is none at all.

    Many libraries ask for one while they are imported or loaded and fail without.
    """
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:
        if not os.access(_SHARED_MEMORY, os.W_OK):
            return None
        os.environ["TMPDIR"] = tempfile.tempdir = _SHARED_MEMORY
        return Path(_SHARED_MEMORY)
