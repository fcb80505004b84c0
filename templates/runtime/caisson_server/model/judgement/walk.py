"""Every estimator that takes part in a prediction."""

from __future__ import annotations

import sys
from typing import Any, Iterator, List

from .row_wise_classes import ARRAYS, FRAMES, FUNCTIONS, HOLDERS

_IDENTITY = "sklearn.preprocessing.FunctionTransformer"
_DUMMY = "sklearn.dummy.DummyClassifier"
_RANDOM = ("stratified", "uniform")
_DEEPEST = 32


class UncertainError(Exception):
    """Nothing is known about a class that takes part. The text names it."""


def parts_of(estimator: Any, depth: int = 0) -> List[Any]:
    """The estimator and everything in it, all of classes that are known. Raises UncertainError."""
    name = public_name(estimator)
    short = type(estimator).__qualname__
    if depth > _DEEPEST:
        raise UncertainError(f"{short} is nested too deeply")
    for argument in FUNCTIONS:
        if callable(getattr(estimator, argument, None)):
            raise UncertainError(f"{short} calls a function of its own ({argument})")
    if name == _DUMMY and estimator.strategy in _RANDOM:
        raise UncertainError(f"{short} draws random numbers")
    if name in ARRAYS or name in FRAMES or name == _IDENTITY:
        return [estimator]
    if name not in HOLDERS:
        raise UncertainError(f"{short} may look at several rows")
    parts = [estimator]
    for attribute in HOLDERS[name]:
        if not hasattr(estimator, attribute):
            raise UncertainError(f"{short} has no {attribute}")
        for held in _held(getattr(estimator, attribute)):
            parts += parts_of(held, depth + 1)
    return parts


def public_name(estimator: Any) -> str:
    """The name by which the class is imported, `sklearn.linear_model.Ridge`; empty for any class that is not public."""
    cls = type(estimator)
    packages = cls.__module__.split(".")
    for length in range(len(packages), 0, -1):
        name = ".".join(packages[:length])
        is_private = packages[length - 1].startswith("_")
        if not is_private and getattr(sys.modules.get(name), cls.__qualname__, None) is cls:
            found = f"{name}.{cls.__qualname__}"
            if found in ARRAYS or found in FRAMES or found in HOLDERS or found == _IDENTITY:
                return found
    return ""


def _held(value: Any) -> Iterator[Any]:
    """The estimators in an attribute: one, a list of them, or of (name, estimator) and (name, estimator, columns)."""
    if value is None or isinstance(value, str):
        # 'passthrough' and 'drop', and final steps that are left out.
        return
    if isinstance(value, tuple):
        yield from _held(value[1])
    elif isinstance(value, list):
        for item in value:
            yield from _held(item)
    elif type(value).__qualname__ == "_CalibratedClassifier":
        yield value.estimator if hasattr(value, "estimator") else value.base_estimator
    else:
        yield value
