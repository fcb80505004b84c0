"""Libraries import pandas just in case. Until something of it is used, a stand-in is enough.

scikit-learn imports pandas for a compatibility function that servers never call: 60 MB and half a second. Inside
`pandas_deferred`, `import pandas` gives a stand-in that loads pandas at the first use of any of its members, for
instance by a library that says `from pandas import DataFrame`. Afterwards `sys.modules` does not know pandas (unless
it was used), which is how scikit-learn tells that no argument can be a DataFrame.
"""

from __future__ import annotations

import importlib
import sys
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Iterator, Optional, Sequence

_PANDAS = "pandas"


class _StandIn(ModuleType):
    """Pandas, once a member of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        # The import system looks at these while the stand-in is made; they say nothing about a use of pandas.
        if name in ("__wrapped__", "__file__", "__cached__", "_initializing"):
            raise AttributeError(name)
        # And at this one, which it needs again for `import pandas.api`: that is a use.
        if name == "__path__" and not self.__dict__.get("is_made"):
            raise AttributeError(name)
        # scikit-learn before 1.7 compares the version while it is imported, and uses nothing else.
        found = _installed_version() if name == "__version__" else None
        return getattr(_real_pandas(self), name) if found is None else found


class _Finder(MetaPathFinder, Loader):
    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]] = None, target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        """Answer for pandas alone."""
        del path, target
        return ModuleSpec(_PANDAS, self) if fullname == _PANDAS else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """See Loader."""
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing of pandas runs before it is used."""
        module.__dict__["is_made"] = True


@contextmanager
def pandas_deferred() -> Iterator[None]:
    """Put pandas off while the block imports libraries. Does nothing where it is loaded already, or not installed."""
    if _PANDAS in sys.modules or find_spec(_PANDAS) is None:
        yield
        return
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        _stop(finder)
        if isinstance(sys.modules.get(_PANDAS), _StandIn):
            del sys.modules[_PANDAS]


def _installed_version() -> Optional[str]:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - 20 ms

    try:
        return version(_PANDAS)
    except PackageNotFoundError:
        return None


def _real_pandas(stand_in: ModuleType) -> ModuleType:
    if sys.modules.get(_PANDAS) is stand_in:
        del sys.modules[_PANDAS]
    for finder in [finder for finder in sys.meta_path if isinstance(finder, _Finder)]:
        _stop(finder)
    return importlib.import_module(_PANDAS)


def _stop(finder: _Finder) -> None:
    if finder in sys.meta_path:
        sys.meta_path.remove(finder)
