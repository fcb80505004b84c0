"""What MLflow's scalar types are in numpy and pandas."""

from __future__ import annotations

from typing import Any, Mapping

import numpy as np

from .types import DataType

NUMPY: Mapping[DataType, np.dtype[Any]] = {
    DataType.BOOLEAN: np.dtype("bool"),
    DataType.INTEGER: np.dtype("int32"),
    DataType.LONG: np.dtype("int64"),
    DataType.FLOAT: np.dtype("float32"),
    DataType.DOUBLE: np.dtype("float64"),
    DataType.STRING: np.dtype("str"),
    DataType.BINARY: np.dtype("bytes"),
    DataType.DATETIME: np.dtype("datetime64[ns]"),
}

#: Text and bytes are plain objects in a DataFrame. MLflow's error texts name these types.
PANDAS: Mapping[DataType, Any] = {**NUMPY, DataType.STRING: object, DataType.BINARY: object}
