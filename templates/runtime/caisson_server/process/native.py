"""The threads of native libraries. They look at the host's CPUs, not at the container's."""

from __future__ import annotations

import os
from typing import Callable, Mapping, Optional, Tuple

OPENMP, BLAS = "openmp", "blas"

_VARIABLES: Mapping[str, Tuple[str, ...]] = {
    OPENMP: ("OMP_NUM_THREADS",),
    BLAS: ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
}
#: Nobody has more than 9999 CPUs.
_LONGEST_NUMBER = 4


def free_kinds(environ: Mapping[str, str]) -> Tuple[str, ...]:
    """The kinds of libraries whose threads the user has said nothing about; `environ` is what the container got.

    OMP_NUM_THREADS counts for BLAS, too: its libraries look at it when they have no variable of their own.
    """
    if _names_any(environ, OPENMP):
        return ()
    return (OPENMP,) if _names_any(environ, BLAS) else (OPENMP, BLAS)


def threads_by_user(environ: Mapping[str, str]) -> Optional[int]:
    """How many threads the user allows all of them; OpenMP takes `4,2` too, for nested loops."""
    first = environ.get(_VARIABLES[OPENMP][0], "").partition(",")[0].strip()
    return int(first) if first.isascii() and first.isdecimal() and len(first) <= _LONGEST_NUMBER else None


def limit_threads(number: int, kinds: Tuple[str, ...]) -> None:
    """Limit these kinds of libraries, as far as they are not imported yet."""
    for kind in kinds:
        for name in _VARIABLES[kind]:
            os.environ[name] = str(number)


def allow_threads(number: int, kinds: Tuple[str, ...]) -> Callable[[], None]:
    """A function that allows these kinds of libraries so many threads, in the thread that calls it.

    For libraries that were limited to fewer when they were imported. Without threadpoolctl they keep those; libraries
    that are imported later do not need it.
    """
    if not kinds:
        return nothing
    limit_threads(number, kinds)

    def prepare() -> None:
        try:
            import threadpoolctl  # noqa: PLC0415 - a dependency of scikit-learn, not of the server
        except ImportError:
            return
        threadpoolctl.threadpool_limits(limits=dict.fromkeys(kinds, number))

    return prepare


def nothing() -> None:
    """The preparation of threads that need none."""


def _names_any(environ: Mapping[str, str], kind: str) -> bool:
    return any(environ.get(name, "").strip() for name in _VARIABLES[kind])
