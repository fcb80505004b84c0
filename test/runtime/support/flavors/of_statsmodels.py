"""Results of statsmodels."""

# ruff: noqa: PLC0415 - a library is imported by those who save a model of it

from __future__ import annotations

from typing import Any, Mapping

import numpy as np
import pandas as pd
from mlflow.models import infer_signature

from .common import IRIS_COLUMNS, Save, iris_classes, iris_table, of_flavor


def _statsmodels_ols() -> Any:
    import statsmodels.api as sm

    table = iris_table()
    return sm.OLS(iris_classes(), table).fit(), infer_signature(table)


def _statsmodels_formula() -> Any:
    import statsmodels.formula.api as smf

    table = iris_table().assign(y=iris_classes())
    return smf.ols("y ~ sepal_length + petal_length", table).fit(), infer_signature(table[IRIS_COLUMNS])


def _statsmodels_series() -> Any:
    from statsmodels.tsa.arima.model import ARIMA

    series = np.sin(np.arange(60.0))
    return ARIMA(series, order=(1, 0, 0)).fit(), infer_signature(pd.DataFrame({"start": [1], "end": [5]}))


def _statsmodels_dates() -> Any:
    from statsmodels.tsa.arima.model import ARIMA

    series = pd.Series(np.sin(np.arange(60.0)), index=pd.date_range("2020-01-01", periods=60, freq="D"))
    return ARIMA(series, order=(1, 0, 0)).fit(), None


STATSMODELS_MODELS: Mapping[str, Save] = {
    "statsmodels_ols": of_flavor("statsmodels", _statsmodels_ols),
    "statsmodels_formula": of_flavor("statsmodels", _statsmodels_formula),
    "statsmodels_series": of_flavor("statsmodels", _statsmodels_series),
    "statsmodels_dates": of_flavor("statsmodels", _statsmodels_dates),
}
