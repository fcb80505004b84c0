"""The `statsmodels` flavor: pickled results of a fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...protocol.errors import INTERNAL_ERROR, RequestError
from ..port import RowWise
from .flavor import Flavor, Predictor, SavedModel, check_predicts, file_of


def _path(saved: SavedModel) -> Path:
    return file_of(saved, saved.pyfunc.get("data"))


def _check(saved: SavedModel) -> None:
    check_predicts(saved)
    _path(saved)


def _load(saved: SavedModel) -> Predictor:
    # statsmodels imports pandas, and its results hold frames: nothing can be put off here.
    import statsmodels.iolib.api as smio  # noqa: PLC0415 - of the model's environment
    from statsmodels.tsa.base.tsa_model import TimeSeriesModel  # noqa: PLC0415

    results = smio.load_pickle(str(_path(saved)))
    reason = f"{type(results.model).__qualname__} of statsmodels may look at several rows"
    row_wise = RowWise(certain=False, reason=reason)
    if isinstance(results.model, TimeSeriesModel):
        return Predictor(lambda data, _params: _predict_span(results, data), row_wise)
    return Predictor(lambda data, _params: results.predict(data), row_wise)


def _predict_span(results: Any, frame: Any) -> Any:
    """The predictions from `start` to `end` of the only row."""
    if frame.shape[0] != 1 or not ("start" in frame.columns and "end" in frame.columns):
        raise RequestError(
            "prediction dataframes for a TimeSeriesModel must have exactly one row"
            " and include columns called start and end",
            error_code="INTERNAL_ERROR",
            fields=INTERNAL_ERROR,
            status=500,
        )
    return results.predict(start=frame["start"][0], end=frame["end"][0])


#: A fork is safe: the results are numpy arrays and frames, and loading starts no threads.
STATSMODELS = Flavor("statsmodels", _check, _load, shares_memory=True)
