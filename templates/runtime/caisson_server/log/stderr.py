"""Whole lines on stderr, whatever else writes there at the same time: threads, and the other processes of the server.

The kernel keeps writes to a pipe apart only up to 4096 bytes, and a stack trace is often longer. So processes take
turns by a lock on a file that they share; the kernel takes it from a process that dies.
"""

from __future__ import annotations

import fcntl
import os
import select
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from typing import Iterator, Optional

#: A supervisor that hangs because nobody reads its log could not even be stopped.
_PATIENCE_SECONDS = 1.0
_POLL_SECONDS = 0.001


class _Turns:
    #: Between threads.
    lock = threading.Lock()
    #: Between processes: an empty file without a name.
    descriptor: Optional[int] = None


def share() -> None:
    """Called before the first fork: those who are forked take turns from then on."""
    if _Turns.descriptor is None:
        # Without a place for files, long lines of two processes may mix, and that is all.
        with suppress(OSError):
            _Turns.descriptor = _anonymous_file()


def write(text: str, patience: Optional[float] = _PATIENCE_SECONDS) -> None:
    """Write one or more whole lines.

    They are lost when stderr takes nothing for `patience` seconds, None for ever, and when it is closed, broken or
    None: that is none of the server's troubles.
    """
    data = text.encode("utf-8", "backslashreplace")
    with suppress(OSError, ValueError, AttributeError), _turn(patience):
        descriptor = _descriptor()
        if descriptor is None:
            sys.stderr.write(text)
            sys.stderr.flush()
        else:
            _write(descriptor, memoryview(data), patience)


def renew_lock() -> None:
    """In a process that was just forked: a thread of its parent may hold the lock."""
    _Turns.lock = threading.Lock()


@contextmanager
def _turn(patience: Optional[float]) -> Iterator[None]:
    if not _Turns.lock.acquire(timeout=-1 if patience is None else patience):
        raise TimeoutError
    try:
        if _Turns.descriptor is None:
            yield
        else:
            with _file_lock(_Turns.descriptor, patience):
                yield
    finally:
        _Turns.lock.release()


@contextmanager
def _file_lock(descriptor: int, patience: Optional[float]) -> Iterator[None]:
    if patience is None:
        fcntl.lockf(descriptor, fcntl.LOCK_EX)
    else:
        _lock_soon(descriptor, time.monotonic() + patience)
    try:
        yield
    finally:
        fcntl.lockf(descriptor, fcntl.LOCK_UN)


def _lock_soon(descriptor: int, deadline: float) -> None:
    while not _is_locked(descriptor):
        if time.monotonic() >= deadline:
            raise TimeoutError
        time.sleep(_POLL_SECONDS)


def _is_locked(descriptor: int) -> bool:
    """Whether this process has the lock now."""
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _write(descriptor: int, data: memoryview, patience: Optional[float]) -> None:
    while data:
        if patience is None:
            chunk = data
        elif select.select([], [descriptor], [], patience)[1]:
            # As much as a pipe that can be written to takes without a wait.
            chunk = data[: select.PIPE_BUF]
        else:
            raise TimeoutError
        try:
            data = data[os.write(descriptor, chunk) :]
        except BlockingIOError:
            # Whoever shares the other end may have made it so that it never waits.
            select.select([], [descriptor], [], patience)


def _descriptor() -> Optional[int]:
    """None when something in Python stands in for stderr."""
    try:
        return sys.stderr.fileno()
    except (AttributeError, OSError, ValueError):
        return None


def _anonymous_file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("caisson-log")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
