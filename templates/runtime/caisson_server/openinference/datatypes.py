"""The protocol's types beside those of numpy and of MLflow's columns. Imports no numpy: metadata are asked early."""

from __future__ import annotations

from typing import Mapping, Optional, Tuple

from ..signature.types import ColumnType, DataType

BYTES = "BYTES"

#: How MLServer calls a column whose values are JSON texts, base64 texts and so on.
JSON_CONTENT = "pd_json"
BASE64_CONTENT = "base64"
TEXT_CONTENT = "str"
DATE_CONTENT = "datetime"
#: How MLServer calls a request whose inputs are the columns of a DataFrame.
FRAME_CONTENT = "pd"

#: numpy's name of each type that has a fixed size.
NUMPY_NAMES: Mapping[str, str] = {
    "BOOL": "bool",
    "UINT8": "uint8",
    "UINT16": "uint16",
    "UINT32": "uint32",
    "UINT64": "uint64",
    "INT8": "int8",
    "INT16": "int16",
    "INT32": "int32",
    "INT64": "int64",
    "FP16": "float16",
    "FP32": "float32",
    "FP64": "float64",
}
DATATYPES: Tuple[str, ...] = (*NUMPY_NAMES, BYTES)

_BY_NUMPY_NAME = {name: datatype for datatype, name in NUMPY_NAMES.items()}

_COLUMNS: Mapping[DataType, Tuple[str, Optional[str]]] = {
    DataType.BOOLEAN: ("BOOL", None),
    DataType.INTEGER: ("INT32", None),
    DataType.LONG: ("INT64", None),
    DataType.FLOAT: ("FP32", None),
    DataType.DOUBLE: ("FP64", None),
    DataType.STRING: (BYTES, TEXT_CONTENT),
    DataType.BINARY: (BYTES, BASE64_CONTENT),
    DataType.DATETIME: (BYTES, DATE_CONTENT),
}


def datatype_of_numpy(name: str) -> str:
    """The type of a numpy dtype's name; BYTES for all that the protocol has no type for."""
    return _BY_NUMPY_NAME.get(name, BYTES)


def datatype_of_column(column_type: ColumnType) -> Tuple[str, Optional[str]]:
    """The type of a column, and what its BYTES hold: arrays, objects and maps are JSON texts."""
    if isinstance(column_type, DataType):
        return _COLUMNS[column_type]
    return BYTES, JSON_CONTENT
