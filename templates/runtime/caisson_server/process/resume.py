"""The server starting itself anew: loading left threads behind, and a process with threads must not be forked.

Only `exec` gets rid of them. The listening sockets stay open through it, so no connection is refused; the next life
loads the model in its workers.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from dataclasses import asdict, dataclass
from typing import List, Mapping, NoReturn, Optional, Sequence, Tuple

from ..errors import ConfigurationError


@dataclass(frozen=True)
class Resume:
    """What one life hands to the next."""

    #: File descriptors of the listening sockets.
    sockets: Tuple[int, ...]
    #: The one of signals.record.
    signals: int
    #: The folder of a model that was fetched, and the temporary folder that it lies in.
    folder: Optional[str]
    temporary: Optional[str]
    #: When the first life began, by `time.monotonic`.
    started: float


def parse(text: Optional[str]) -> Optional[Resume]:
    """What `--resume` holds. Raises ConfigurationError for anything that the server has not written itself."""
    if text is None:
        return None
    try:
        fields = json.loads(text)
        return Resume(tuple(map(int, fields.pop("sockets"))), **fields)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ConfigurationError("--resume is for the server itself") from error


def start_anew(resume: Resume, arguments: Sequence[str], environ: Mapping[str, str]) -> NoReturn:
    """Replace this process's program by a new start of it."""
    for descriptor in (*resume.sockets, resume.signals):
        os.set_inheritable(descriptor, True)  # noqa: FBT003 - os has no keyword for it
    sys.stdout.flush()
    sys.stderr.flush()
    command = [*_interpreter(), sys.argv[0], *arguments, "--resume", json.dumps(asdict(resume))]
    os.execve(sys.executable, command, dict(environ))  # noqa: S606 - the program that runs already


def adopt(resume: Resume) -> Tuple[socket.socket, ...]:
    """The sockets of the life before."""
    sockets = tuple(socket.socket(fileno=descriptor) for descriptor in resume.sockets)
    for adopted in sockets:
        adopted.set_inheritable(False)
    return sockets


def _interpreter() -> List[str]:
    """Python with its options, as far as this Python remembers them."""
    started_with: List[str] = getattr(sys, "orig_argv", [])
    if sys.argv[0] in started_with:
        return [sys.executable, *started_with[1 : started_with.index(sys.argv[0])]]
    return [sys.executable]
