"""Signals of the supervisor: blocked and waited for, so that none is ever lost between a check and a sleep."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager, suppress
from types import FrameType
from typing import FrozenSet, Iterator, Optional

STOP: FrozenSet[int] = frozenset((signal.SIGTERM, signal.SIGINT))
#: A child's state on the board has changed.
CHANGED = signal.SIGUSR1

_AWAITED = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, CHANGED)


class StopError(BaseException):
    """SIGTERM or SIGINT came. Not an Exception, so that no model that is being loaded swallows it."""


class _Memory:
    """What a handler saw. Python drops an exception that a handler raises inside a destructor, so this counts, too."""

    stopped = False
    #: Whether a handler may raise StopError. Elsewhere that would cut short what ends the children.
    is_stoppable = False


def own() -> None:
    """Block what `wait` waits for. Called first of all in the supervisor."""
    # In this order: a signal that comes in between is waited for, or handled as before, but never lost.
    signal.pthread_sigmask(signal.SIG_SETMASK, _AWAITED)
    # Process 1 gets no signal that it does not handle; none of these handlers runs while the signals are blocked.
    for number in _AWAITED:
        signal.signal(number, _stop if number in STOP else _ignore)
    _Memory.is_stoppable = False


def wait(seconds: float) -> Optional[int]:
    """The next signal, or None after so many seconds. One of STOP comes before all others."""
    found = signal.sigtimedwait(_AWAITED, max(0.0, seconds))
    if found is not None and found.si_signo not in STOP:
        found = signal.sigtimedwait(STOP, 0.0) or found
    number = None if found is None else found.si_signo
    _Memory.stopped = _Memory.stopped or number in STOP
    return number


def check() -> None:
    """Raise StopError when SIGTERM or SIGINT has come, even if it went to a thread that the model started."""
    if _Memory.stopped:
        raise StopError


def record() -> int:
    """From now on every signal that is handled, by whatever thread, can be read from the file that is returned.

    For the moment before an `exec`, in which a handler written in Python may not run any more.
    """
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    return reader


def replay(recorded: int) -> None:
    """After the `exec`: raise StopError when SIGTERM or SIGINT was recorded."""
    with suppress(BlockingIOError), open(recorded, "rb", buffering=0) as file:
        _Memory.stopped = not STOP.isdisjoint(file.read() or b"")
    check()


@contextmanager
def stoppable() -> Iterator[None]:
    """While it lasts SIGTERM and SIGINT raise StopError at once, in Python code; meant for loading a model.

    Children that die meanwhile, or report a change, are to be looked after when it is over.
    """
    try:
        _Memory.is_stoppable = True
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        yield
    finally:
        _Memory.is_stoppable = False
        signal.pthread_sigmask(signal.SIG_SETMASK, _AWAITED)
        # Also when the model's code made another exception of it, or none.
        check()


def reset() -> None:
    """In a child: SIGTERM ends it, SIGINT (which a terminal sends to all) is left to the supervisor."""
    for number in _AWAITED:
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def tell(supervisor: int) -> None:
    """In a child: the board has changed. A supervisor that is gone needs no news."""
    if os.getppid() == supervisor:
        os.kill(supervisor, CHANGED)


def _stop(_number: int, _frame: Optional[FrameType]) -> None:
    _Memory.stopped = True
    if _Memory.is_stoppable:
        raise StopError


def _ignore(_number: int, _frame: Optional[FrameType]) -> None:
    """Only so that process 1 is not passed over."""
