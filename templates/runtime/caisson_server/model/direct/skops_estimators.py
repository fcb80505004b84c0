"""The estimators of scikit-learn that stand in one file of skops.

skops trusts scikit-learn's own estimators. To learn their names it imports every module of scikit-learn, which takes
a second and 20 MB at each start; for one file it is enough to look at the classes that stand in it.
"""

from __future__ import annotations

import inspect
import json
import sys
import zipfile
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Iterator, List, Optional, Set, Tuple

_SCHEMA = "schema.json"
#: Parts of names of modules that `sklearn.utils.all_estimators` leaves out.
_LEFT_OUT = frozenset(("conftest", "estimator_checks", "experimental", "externals", "setup", "tests"))


@contextmanager
def estimators_of(path: Path) -> Iterator[None]:
    """While it lasts `all_estimators` knows those of the file alone; all of them where that is not certain."""
    found = None if "skops.io" in sys.modules else _estimators(path)
    if found is None:
        yield
        return
    utils: Any = import_module("sklearn.utils")
    original = utils.all_estimators
    utils.all_estimators = lambda: found
    try:
        yield
    finally:
        utils.all_estimators = original


def _estimators(path: Path) -> Optional[List[Tuple[str, Any]]]:
    """The estimators in the file as `all_estimators` lists them; None when a class of scikit-learn is no such one."""
    try:
        with zipfile.ZipFile(path) as archive:
            classes = _classes_in(json.loads(archive.read(_SCHEMA)))
        return [(name, _public(module, name)) for module, name in sorted(classes)]
    except (OSError, ValueError, KeyError, LookupError, zipfile.BadZipFile, RecursionError, ImportError):
        # skops has its own words for whatever is wrong.
        return None


def _classes_in(tree: Any) -> Set[Tuple[str, str]]:
    """Module and name of every class of scikit-learn in a schema of skops."""
    found: Set[Tuple[str, str]] = set()
    nodes = [tree]
    while nodes:
        node = nodes.pop()
        if isinstance(node, list):
            nodes.extend(node)
        elif isinstance(node, dict):
            nodes.extend(node.values())
            module, name = node.get("__module__"), node.get("__class__")
            if isinstance(module, str) and isinstance(name, str) and module.partition(".")[0] == "sklearn":
                found.add((module, name))
    return found


def _public(module: str, name: str) -> Any:
    """The class, if its package offers it to everybody. Raises LookupError when it is not such an estimator."""
    package = module.partition("._")[0]
    if name.startswith("_") or _LEFT_OUT & set(package.split(".")):
        raise LookupError(name)
    found = getattr(import_module(package), name, None)
    base: Any = import_module("sklearn.base").BaseEstimator
    if not inspect.isclass(found) or found.__module__ != module or not issubclass(found, base):
        raise LookupError(name)
    if found is base or inspect.isabstract(found):
        raise LookupError(name)
    return found
