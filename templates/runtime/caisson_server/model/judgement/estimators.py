"""Whether an estimator of the `sklearn` flavor predicts row by row."""

from __future__ import annotations

from typing import Any

from ..port import RowWise
from .walk import UncertainError, parts_of

_SHOWN = 6


def judge_estimator(estimator: Any, method: str) -> RowWise:
    """The judgement on the method that predicts, `predict` or `predict_proba` for instance."""
    if method == "score":
        return RowWise(certain=False, reason="score judges all rows together")
    try:
        parts = parts_of(estimator)
    except UncertainError as error:
        return RowWise(certain=False, reason=str(error))
    if method != "predict" and isinstance(getattr(estimator, "classes_", None), list):
        return RowWise(certain=False, reason=f"{method} answers with one array for each output")
    return RowWise(certain=True, reason=_praise(parts))


def _praise(parts: Any) -> str:
    names = list(dict.fromkeys(type(part).__qualname__ for part in parts))
    if len(names) == 1:
        return f"{names[0]} predicts row by row"
    more = ", …" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more} predict row by row"
