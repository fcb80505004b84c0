"""Modules that libraries import just in case. Until something of them is used, a stand-in is enough.

scikit-learn imports pandas for a compatibility function that servers never call, and scipy.stats for a handful of
functions: 100 MB and a second together. Inside `deferred`, importing one of them gives a stand-in that loads the
module at the first use of a member, for instance by a library that says `from pandas import DataFrame`. Members that
libraries take by name and only call later are put off one by one. Afterwards `sys.modules` knows none of them (unless
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
from typing import Any, FrozenSet, Iterator, Mapping, Optional, Sequence

#: Modules, and those of their members that scikit-learn takes by name: functions, and a distribution that it asks.
_MEMBERS: Mapping[str, FrozenSet[str]] = {
    "pandas": frozenset(),
    "scipy.stats": frozenset(("chi2", "gmean", "rankdata", "spearmanr")),
}
#: The import system looks at these while a stand-in is made; they say nothing about a use.
_UNTOLD = ("__wrapped__", "__file__", "__cached__", "__path__", "_initializing")


class _StandIn(ModuleType):
    """The module, once a member of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name in _UNTOLD:
            raise AttributeError(name)
        if name in _MEMBERS[self.__name__]:
            return _Member(self, name)
        # scikit-learn before 1.7 compares pandas' version while it is imported, and uses nothing else.
        found = _installed_version(self.__name__) if name == "__version__" else None
        if found is not None:
            return found
        return getattr(_load(self), name)


class _Member:
    """A function of a module that is not loaded yet, or an object with methods."""

    def __init__(self, stand_in: ModuleType, name: str) -> None:
        self._stand_in = stand_in
        self._name = name

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return self._real()(*arguments, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real(), name)

    def _real(self) -> Any:
        return getattr(_load(self._stand_in), self._name)


class _Finder(MetaPathFinder, Loader):
    """Finds a stand-in for one package, whose modules lie in these `locations`."""

    def __init__(self, module: str, locations: Sequence[str]) -> None:
        self.module = module
        self._locations = locations

    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]] = None, target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        """Answer for the package. For a module in it, load the real package first: that is a use."""
        del path, target
        if fullname == self.module:
            return ModuleSpec(fullname, self)
        if not fullname.startswith(self.module + "."):
            return None
        _load(sys.modules[self.module])
        # The package may have imported its module itself, and nobody wants that twice.
        loaded = sys.modules.get(fullname)
        return None if loaded is None else ModuleSpec(fullname, _Loaded(loaded))

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """See Loader."""
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing of the package runs before it is used."""
        # `from scipy.stats import rankdata` looks whether it is a package.
        module.__path__ = list(self._locations)


class _Loaded(Loader):
    """Gives a module that is there already."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._spec = module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """See Loader."""
        del spec
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        """It has run. The import system has written its own spec into it."""
        module.__spec__ = self._spec


@contextmanager
def deferred() -> Iterator[None]:
    """Put the modules off while the block imports libraries. What is loaded, or not installed, stays as it is."""
    packages = {module: _locations(module) for module in _MEMBERS if module not in sys.modules}
    finders = [_Finder(module, locations) for module, locations in packages.items() if locations]
    sys.meta_path[:0] = finders
    try:
        yield
    finally:
        for finder in finders:
            _stop(finder)
            _forget(finder.module)


def _locations(module: str) -> Sequence[str]:
    """Where the package lies; empty when it is not installed."""
    try:
        spec = find_spec(module)
    except ImportError:
        # The package around it is not there.
        return ()
    return list(spec.submodule_search_locations or ()) if spec is not None else ()


def _installed_version(package: str) -> Optional[str]:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - 20 ms

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _load(stand_in: ModuleType) -> ModuleType:
    """The real module, from now on for everybody."""
    module = stand_in.__name__
    for finder in [finder for finder in sys.meta_path if isinstance(finder, _Finder) and finder.module == module]:
        _stop(finder)
    if sys.modules.get(module) is stand_in:
        _forget(module)
    return importlib.import_module(module)


def _stop(finder: _Finder) -> None:
    if finder in sys.meta_path:
        sys.meta_path.remove(finder)


def _forget(module: str) -> None:
    """Remove the stand-in, where it still stands in."""
    if isinstance(sys.modules.get(module), _StandIn):
        del sys.modules[module]
    package, _, name = module.rpartition(".")
    if isinstance(getattr(sys.modules.get(package), "__dict__", {}).get(name), _StandIn):
        delattr(sys.modules[package], name)
