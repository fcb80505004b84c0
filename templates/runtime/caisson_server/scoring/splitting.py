"""Predictions of several requests, taken apart again."""

from __future__ import annotations

import sys
from typing import Any, Iterator, List, Optional, Sequence

import numpy as np


def split(predictions: Any, counts: Sequence[int]) -> Optional[List[Any]]:
    """The predictions of each request, which brought so many rows.

    None where the predictions do not come row by row, or are not as many as the rows.
    """
    if not _comes_by_row(predictions):
        return None
    if _is_sparse(predictions):
        predictions = predictions.tocsr()
    if _rows_of(predictions) != sum(counts):
        return None
    if hasattr(predictions, "iloc"):
        return [predictions.iloc[rows].reset_index(drop=True) for rows in _slices(counts)]
    return [predictions[rows] for rows in _slices(counts)]


def _slices(counts: Sequence[int]) -> Iterator[slice]:
    start = 0
    for count in counts:
        yield slice(start, start + count)
        start += count


def _comes_by_row(predictions: Any) -> bool:
    if isinstance(predictions, np.ndarray):
        return predictions.ndim > 0
    return isinstance(predictions, list) or _is_table(predictions) or _is_sparse(predictions)


def _rows_of(predictions: Any) -> int:
    return int(predictions.shape[0]) if hasattr(predictions, "shape") else len(predictions)


def _is_table(predictions: Any) -> bool:
    """Whether they are a Series or a DataFrame."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(predictions, (pandas.Series, pandas.DataFrame))


def _is_sparse(predictions: Any) -> bool:
    """Whether they are a sparse matrix. Where scipy was never imported, nothing is one."""
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and bool(sparse.issparse(predictions)) and predictions.ndim == 2  # noqa: PLR2004
