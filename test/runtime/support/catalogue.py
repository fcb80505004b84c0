"""The requests that both servers get: some for every model, some for one."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional

import pandas as pd

JSON = "application/json"
CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"

_ROW = [5.1, 3.5, 1.4, 0.2]
_NAMES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]


@dataclass(frozen=True)
class Case:
    name: str
    body: bytes
    content_type: Optional[str] = JSON


def _json(name: str, value: Any) -> Case:
    return Case(name, json.dumps(value).encode())


def _parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


def _split(rows: List[List[Any]], columns: Optional[List[str]] = None) -> Dict[str, Any]:
    table: Dict[str, Any] = {"data": rows}
    if columns is not None:
        table["columns"] = columns
    return {"dataframe_split": table}


#: Sent to every model: what is wrong whatever the model is, and the forms with the iris row.
FOR_ALL: List[Case] = [
    Case("empty body", b""),
    Case("truncated", b'{"inputs": [[1, 2'),
    Case("not json", b"hello"),
    Case("single quotes", b"{'inputs': [1]}"),
    Case("not utf-8", b'{"inputs": "\xff\xfe\xfd"}'),
    Case("utf-8 with a byte order mark", b'\xef\xbb\xbf{"inputs": [1]}'),
    Case("utf-16", '{"inputs": [[5.1, 3.5, 1.4, 0.2]]}'.encode("utf-16")),
    Case("nan literal", b'{"inputs": [[NaN, Infinity, -Infinity, 1]]}'),
    Case("huge number", b'{"inputs": [[1e400, 1, 2, 3]]}'),
    Case("huge integer", b'{"inputs": [[' + b"9" * 400 + b", 1, 2, 3]]}"),
    Case("too many digits", b'{"inputs": [[' + b"9" * 5000 + b", 1, 2, 3]]}"),
    Case("nested deeply", b'{"inputs": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    Case("nested by seventy", b'{"inputs": ' + b"[" * 70 + b"1" + b"]" * 70 + b"}"),
    Case("duplicate keys", b'{"inputs": [[1]], "inputs": [[5.1, 3.5, 1.4, 0.2]]}'),
    _json("a list", [[1, 2]]),
    _json("a number", 3),
    _json("a text", "x"),
    _json("null", None),
    _json("true", True),
    _json("an empty object", {}),
    _json("no form", {"data": [[1]]}),
    _json("two forms", {"inputs": [[1]], "instances": [[1]]}),
    _json("three forms", {"inputs": [1], "instances": [1], "dataframe_split": {"data": [[1]]}}),
    _json("form and unknown key", {"inputs": [_ROW], "unknown": 1}),
    _json("form and signature_name", {"inputs": [_ROW], "signature_name": "x"}),
    _json("inputs null", {"inputs": None}),
    _json("inputs empty", {"inputs": []}),
    _json("inputs empty object", {"inputs": {}}),
    _json("inputs text", {"inputs": "abc"}),
    _json("inputs number", {"inputs": 3}),
    _json("inputs true", {"inputs": True}),
    _json("inputs row", {"inputs": _ROW}),
    _json("inputs rows", {"inputs": [_ROW, [6.7, 3.0, 5.2, 2.3]]}),
    _json("inputs ragged", {"inputs": [_ROW, [1, 2]]}),
    _json("inputs with text", {"inputs": [["a", "b", "c", "d"]]}),
    _json("inputs with null", {"inputs": [[None, 3.5, 1.4, 0.2]]}),
    _json("inputs mixed", {"inputs": [_ROW, {"a": 1}]}),
    _json("inputs narrow", {"inputs": [[1.0, 2.0]]}),
    _json("inputs rank 3", {"inputs": [[[1, 2], [3, 4]]]}),
    _json("inputs texts", {"inputs": ["a", "b"]}),
    _json("inputs columns", {"inputs": dict(zip(_NAMES, [[5.1], [3.5], [1.4], [0.2]]))}),
    _json("inputs uneven columns", {"inputs": dict(zip(_NAMES, [[5.1, 1], [3.5], [1.4], [0.2]]))}),
    _json("inputs scalars by name", {"inputs": dict(zip(_NAMES, _ROW))}),
    _json("inputs records", {"inputs": [dict(zip(_NAMES, _ROW))]}),
    _json("instances rows", {"instances": [_ROW]}),
    _json("instances null", {"instances": None}),
    _json("instances empty", {"instances": []}),
    _json("instances text", {"instances": "abc"}),
    _json("instances ragged", {"instances": [_ROW, [1]]}),
    _json("instances records", {"instances": [dict(zip(_NAMES, _ROW))] * 2}),
    _json("instances uneven records", {"instances": [dict(zip(_NAMES, _ROW)), {"sepal_length": 1.0}]}),
    _json("instances mixed", {"instances": [{"a": 1}, 2]}),
    _json("instances columns", {"instances": {"a": [1], "b": [1, 2]}}),
    _json("split", _split([_ROW], _NAMES)),
    _json("split without names", _split([_ROW])),
    _json("split with index", {"dataframe_split": {"columns": _NAMES, "data": [_ROW], "index": ["r1"]}}),
    _json("split in another order", _split([_ROW[::-1]], _NAMES[::-1])),
    _json("split with extra column", _split([[*_ROW, 9]], [*_NAMES, "more"])),
    _json("split with missing column", _split([_ROW[:3]], _NAMES[:3])),
    _json("split with text", _split([["a", 3.5, 1.4, 0.2]], _NAMES)),
    _json("split with numbers as text", _split([["5.1", "3.5", "1.4", "0.2"]], _NAMES)),
    _json("split with integers", _split([[5, 3, 1, 0]], _NAMES)),
    _json("split with booleans", _split([[True, False, True, False]], _NAMES)),
    _json("split with null", _split([[None, 3.5, 1.4, 0.2]], _NAMES)),
    _json("split with lists", _split([[[1], [2], [3], [4]]], _NAMES)),
    _json("split without rows", _split([], _NAMES)),
    _json("split ragged", _split([_ROW, [1]], _NAMES)),
    _json("split of scalars", {"dataframe_split": {"columns": _NAMES, "data": _ROW}}),
    _json("split without data", {"dataframe_split": {"columns": _NAMES}}),
    _json("split with unknown key", {"dataframe_split": {"columns": _NAMES, "data": [_ROW], "x": 1}}),
    _json("split too few names", _split([_ROW], _NAMES[:2])),
    _json("split is a list", {"dataframe_split": [_ROW]}),
    _json("split is null", {"dataframe_split": None}),
    _json("split is a text", {"dataframe_split": "x"}),
    _json("split with duplicate names", _split([_ROW], ["a", "a", "b", "b"])),
    _json("records", {"dataframe_records": [dict(zip(_NAMES, _ROW))]}),
    _json("records of two", {"dataframe_records": [dict(zip(_NAMES, _ROW))] * 2}),
    _json("records uneven", {"dataframe_records": [dict(zip(_NAMES, _ROW)), {"sepal_length": 1.0}]}),
    _json("records of rows", {"dataframe_records": [_ROW]}),
    _json("records empty", {"dataframe_records": []}),
    _json("records is an object", {"dataframe_records": {"a": 1}}),
    _json("records is a number", {"dataframe_records": 3}),
    _json("records of numbers", {"dataframe_records": [1, 2]}),
    _json("params null", {"inputs": [_ROW], "params": None}),
    _json("params empty", {"inputs": [_ROW], "params": {}}),
    _json("params unknown", {"inputs": [_ROW], "params": {"nobody": 1}}),
    _json("params is a list", {"inputs": [_ROW], "params": [1]}),
    _json("params only", {"params": {"a": 1}}),
    _json("messages", {"messages": [{"role": "user", "content": "hi"}], "temperature": 0.1}),
    _json("prompt", {"prompt": "hi", "top": 1}),
    _json("input", {"input": ["a", "b"]}),
    _json("llm form beside a form", {"prompt": "hi", "inputs": [_ROW]}),
    Case("csv", b"sepal_length,sepal_width,petal_length,petal_width\n5.1,3.5,1.4,0.2\n", CSV),
    Case("csv of integers", b"sepal_length,sepal_width,petal_length,petal_width\n5,3,1,0\n", CSV),
    Case("csv with a gap", b"sepal_length,sepal_width,petal_length,petal_width\n,3,1,0\n", CSV),
    Case("csv with text", b"sepal_length,sepal_width,petal_length,petal_width\nx,3,1,0\n", CSV),
    Case("csv without a column", b"sepal_length,sepal_width\n5.1,3.5\n", CSV),
    Case("csv without rows", b"sepal_length,sepal_width,petal_length,petal_width\n", CSV),
    Case("csv ragged", b"a,b\n1,2\n1,2,3\n", CSV),
    Case("csv empty", b"", CSV),
    Case("csv not utf-8", b"a\n\xff\n", CSV),
    Case(
        "csv charset", b"sepal_length,sepal_width,petal_length,petal_width\n5.1,3.5,1.4,0.2\n", f"{CSV}; charset=utf-8"
    ),
    Case("parquet", _parquet(pd.DataFrame([_ROW], columns=_NAMES)), PARQUET),
    Case("parquet with a missing column", _parquet(pd.DataFrame([_ROW[:2]], columns=_NAMES[:2])), PARQUET),
    Case("parquet broken", b"PAR1 nothing", PARQUET),
    Case("parquet empty", b"", PARQUET),
    Case("no content type", b'{"inputs": [[5.1, 3.5, 1.4, 0.2]]}', None),
    Case("no content type, broken", b'{"inputs": [[5.1', None),
]

_BODY = b'{"inputs": [[5.1, 3.5, 1.4, 0.2]]}'
CONTENT_TYPES: List[Case] = [
    Case(repr(content_type), _BODY, content_type)
    for content_type in (
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "application/json; charset=Utf-8",
        'application/json; charset="utf-8"',
        "application/json; charset=latin-1",
        "application/json; charset=",
        "application/json; charset",
        "application/json; CHARSET=utf-8",
        "application/json; format=pandas-split",
        "application/json; charset=utf-8; format=x",
        "application/json; b=1; a=2",
        "application/json;",
        "Application/JSON",
        " application/json ",
        "application/json, text/csv",
        "application/xml",
        "application/x-www-form-urlencoded",
        "text/plain",
        "text/csv; header=present",
        "application/vnd.apache.parquet; charset=utf-16",
        "multipart/form-data; boundary=x",
        "*/*",
        "x",
    )
]

_TYPES = ["flag", "small", "big", "single", "real", "text", "blob", "when"]
_TYPED = [True, 1, 2**40, 0.5, 1.5, "é", "aGk=", "2020-01-02T03:04:05"]


def _typed(**changes: Any) -> Dict[str, Any]:
    return {**dict(zip(_TYPES, _TYPED)), **changes}


def _typed_cases() -> List[Case]:
    """One cell changed at a time, in the two DataFrame forms and in `inputs`."""
    changes: Dict[str, Any] = {
        "as it should be": {},
        "optional given": {"extra": 1.5, "note": "n"},
        "optional null": {"extra": None, "note": None},
        "optional of a wrong type": {"extra": "x"},
        "flag as number": {"flag": 1},
        "flag as text": {"flag": "yes"},
        "flag null": {"flag": None},
        "small as float": {"small": 1.0},
        "small as fraction": {"small": 1.5},
        "small too large": {"small": 2**40},
        "small null": {"small": None},
        "small as text": {"small": "1"},
        "big as float": {"big": 2.0},
        "big too large": {"big": 2**80},
        "big as boolean": {"big": True},
        "single as integer": {"single": 3},
        "single too large": {"single": 1e300},
        "single as text": {"single": "x"},
        "real as integer": {"real": 3},
        "real as large integer": {"real": 2**60},
        "real null": {"real": None},
        "real as boolean": {"real": False},
        "real as list": {"real": [1.0]},
        "text as number": {"text": 5},
        "text null": {"text": None},
        "text as object": {"text": {"a": 1}},
        "blob not base64": {"blob": "***"},
        "blob as number": {"blob": 5},
        "blob null": {"blob": None},
        "when as date": {"when": "2020-01-02"},
        "when with zone": {"when": "2020-01-02T03:04:05Z"},
        "when with fraction": {"when": "2020-01-02T03:04:05.123456789"},
        "when as number": {"when": 1_600_000_000},
        "when as text": {"when": "yesterday"},
        "when null": {"when": None},
        "an unknown column": {"nobody": 1},
    }
    cases: List[Case] = []
    for name, change in changes.items():
        row = _typed(**change)
        cases.append(_json(f"records, {name}", {"dataframe_records": [row]}))
        cases.append(_json(f"split, {name}", _split([list(row.values())] * 2, list(row))))
        cases.append(_json(f"inputs by column, {name}", {"inputs": {key: [value] for key, value in row.items()}}))
        cases.append(_json(f"inputs records, {name}", {"inputs": [row]}))
        cases.append(_json(f"instances, {name}", {"instances": [row, row]}))
    cases.append(_json("instances, optional in one row", {"instances": [_typed(extra=1.5), _typed()]}))
    cases.append(_json("instances, required in one row", {"instances": [_typed(), {"flag": True}]}))
    header = ",".join(_TYPES)
    cases.append(Case("csv of all types", f"{header}\nTrue,1,2,0.5,1.5,x,aGk=,2020-01-02\n".encode(), CSV))
    cases.append(Case("csv without dates", b"text,blob\nx,y\n", CSV))
    frame = pd.DataFrame([{**_typed(blob=b"hi"), "when": pd.Timestamp("2020-01-02")}])
    narrow = frame.astype({"small": "int32", "single": "float32"})
    cases.append(Case("parquet of all types", _parquet(narrow), PARQUET))
    cases.append(Case("parquet of wide types", _parquet(frame), PARQUET))
    return cases


def _nested_cases() -> List[Case]:
    good = {"numbers": [1.5, 2], "thing": {"a": 1, "b": "x"}, "labels": {"k": "v"}}
    changes: Dict[str, Any] = {
        "good": {},
        "all given": {"matrix": [[1, 2], [3]], "anything": {"x": [None]}},
        "optional null": {"matrix": None, "anything": None},
        "numbers empty": {"numbers": []},
        "numbers of text": {"numbers": ["a"]},
        "numbers with null": {"numbers": [1.0, None]},
        "numbers of integers": {"numbers": [5, 7]},
        "numbers as scalar": {"numbers": 1.0},
        "numbers null": {"numbers": None},
        "numbers nested": {"numbers": [[1.0]]},
        "thing without optional": {"thing": {"a": 1}},
        "thing with null optional": {"thing": {"a": 1, "b": None}},
        "thing without required": {"thing": {"b": "x"}},
        "thing with unknown": {"thing": {"a": 1, "zz": 2}},
        "thing of wrong type": {"thing": {"a": "x"}},
        "thing as list": {"thing": [1]},
        "thing null": {"thing": None},
        "labels empty": {"labels": {}},
        "labels of numbers": {"labels": {"k": 1}},
        "labels as list": {"labels": ["v"]},
        "matrix of text": {"matrix": [["x"]]},
        "matrix flat": {"matrix": [1]},
    }
    cases: List[Case] = []
    for name, change in changes.items():
        row = {**good, **change}
        cases.append(_json(f"records, {name}", {"dataframe_records": [row]}))
        cases.append(_json(f"inputs records, {name}", {"inputs": [row]}))
        cases.append(_json(f"inputs by name, {name}", {"inputs": row}))
        cases.append(_json(f"instances, {name}", {"instances": [row]}))
        cases.append(_json(f"split, {name}", _split([list(row.values())], list(row))))
    return cases


def _tensor_cases() -> List[Case]:
    image = [[1, 2], [3, 4]]
    return [
        _json("by name", {"inputs": {"image": [image], "id": [7]}}),
        _json("by name, floats", {"inputs": {"image": [[[0.5, 1], [2, 3]]], "id": [7.9]}}),
        _json("by name, text", {"inputs": {"image": [[["x", 1], [2, 3]]], "id": [7]}}),
        _json("by name, ragged", {"inputs": {"image": [[[1], [2, 3]]], "id": [7]}}),
        _json("by name, wrong shape", {"inputs": {"image": [[1, 2]], "id": [7]}}),
        _json("by name, one missing", {"inputs": {"image": [image]}}),
        _json("by name, one too many", {"inputs": {"image": [image], "id": [7], "zz": [1]}}),
        _json("records", {"inputs": [{"image": image, "id": 7}]}),
        _json("instances", {"instances": [{"image": image, "id": 7}, {"image": image, "id": 8}]}),
        _json("instances, uneven", {"instances": [{"image": image, "id": 7}, {"image": image}]}),
        _json("split", _split([[[1, 2, 3, 4], 7]], ["image", "id"])),
        _json("split, wrong size", _split([[[1, 2, 3], 7]], ["image", "id"])),
        _json("split, nested", _split([[image, 7]], ["image", "id"])),
        _json("split, text", _split([[[1, 2, 3, 4], "x"]], ["image", "id"])),
        _json("dataframe_records", {"dataframe_records": [{"image": [1, 2, 3, 4], "id": 7}]}),
        _json("rank 4", {"inputs": [[[[1], [2]], [[3], [4]]]]}),
        _json("rank 4, too large", {"inputs": [[[[1], [2]], [[3], [400]]]]}),
        _json("rank 4, negative", {"inputs": [[[[1], [2]], [[3], [-4]]]]}),
        _json("one tensor by name", {"inputs": {"x": [[1, 2, 3]]}}),
        _json("one tensor as a list", {"inputs": [[1, 2, 3]]}),
        _json("one tensor as a row", {"inputs": [1, 2, 3]}),
        _json("one tensor, instances", {"instances": [{"x": [1, 2, 3]}]}),
        _json("one tensor, instances of rows", {"instances": [[1, 2, 3]]}),
        _json("texts", {"inputs": ["a", "b"]}),
        _json("a frame of one column", _split([["a"], ["b"]], ["t"])),
        _json("a frame of three columns", _split([[1.0, 2.0, 3.0]], ["a", "b", "c"])),
    ]


_ONE_COLUMN_CASES = [
    _json("a text", {"inputs": "abc"}),
    _json("texts", {"inputs": ["a", "b"]}),
    _json("rows of one text", {"inputs": [["a"], ["b"]]}),
    _json("records of text", {"inputs": [{"text": "a"}]}),
    _json("by column", {"inputs": {"text": ["a", "b"]}}),
    _json("by column, one text", {"inputs": {"text": "a"}}),
    _json("instances of texts", {"instances": ["a", "b"]}),
    _json("instances of records", {"instances": [{"text": "a"}, {"text": "b"}]}),
    _json("split of text", _split([["a"]], ["text"])),
    _json("split without a name", _split([["a"]])),
    _json("arrays", {"inputs": [[1.5, 2.5], [3.5]]}),
    _json("one array", {"inputs": [1.5, 2.5]}),
    _json("records of arrays", {"inputs": [{"v": [1.5]}, {"v": [2.5, 3.5]}]}),
    _json("arrays by column", {"inputs": {"v": [1.5, 2.5]}}),
    _json("two columns", {"inputs": [[1.5, 2]]}),
    _json("split of two", _split([[1.5, 2]])),
    _json("split of two with names", _split([[1.5, 2]], ["a", "b"])),
    _json("split of three", _split([[1.5, 2, 3]])),
    _json("records of two", {"dataframe_records": [{"a": 1.5, "b": 2}]}),
]

_PARAMS_CASES = [
    _json("params, all", {"inputs": ["a"], "params": {"temperature": 0.1, "top": 5, "stop": "y", "stream": True}}),
    _json("params, integer for a double", {"inputs": ["a"], "params": {"temperature": 1}}),
    _json("params, text for a double", {"inputs": ["a"], "params": {"temperature": "x"}}),
    _json("params, double for a long", {"inputs": ["a"], "params": {"top": 1.5}}),
    _json("params, list for a scalar", {"inputs": ["a"], "params": {"top": [1]}}),
    _json("params, null", {"inputs": ["a"], "params": {"top": None}}),
    _json("params, unknown", {"inputs": ["a"], "params": {"nobody": 1}}),
    _json("params, two wrong", {"inputs": ["a"], "params": {"top": "x"}}),
    _json("params, a text", {"inputs": ["a"], "params": "x"}),
    _json("params with split", {**_split([["a"]], ["text"]), "params": {"top": 7}}),
    _json("llm with params", {"prompt": "hi", "temperature": 0.9, "top": 2, "other": 1}),
    _json("messages with params", {"messages": [{"role": "user", "content": "x"}], "stream": True}),
]

_KINDS = [
    "frame",
    "frame_with_nan",
    "frame_with_dates",
    "frame_with_numbered_columns",
    "frame_with_gap_in_dates",
    "series",
    "named_series",
    "array",
    "array_with_nan",
    "array_of_text",
    "array_of_bytes",
    "array_of_objects",
    "array_of_dates",
    "array_of_nanoseconds",
    "array_of_booleans",
    "array_of_singles",
    "array_without_shape",
    "empty_array",
    "empty_frame",
    "list",
    "list_of_arrays",
    "list_of_scalars",
    "list_with_nan",
    "dict",
    "dict_of_arrays",
    "text",
    "bytes",
    "number",
    "none",
    "date",
    "pydantic",
    "tuple",
    "set",
    "complex",
    "huge",
]
_RETURN_CASES = [_json(f"returns {kind}", {"inputs": [1], "params": {"kind": kind}}) for kind in _KINDS] + [
    _json(f"llm form returns {kind}", {"prompt": "x", "kind": kind}) for kind in _KINDS
]

_TYPE_HINT_CASES = [
    _json("questions", {"inputs": [{"text": "a"}, {"text": "b", "limit": 5}]}),
    _json("wrong type", {"inputs": [{"text": 5}]}),
    _json("missing field", {"inputs": [{}]}),
    _json("not a list", {"inputs": {"text": "a"}}),
    _json("instances", {"instances": [{"text": "a"}]}),
    _json("no inputs", {"params": {}}),
]

_RAISING = [
    _json(f"raises {how}", _split([[how]], ["how"]))
    for how in [
        "value",
        "runtime",
        "invalid",
        "denied",
        "internal",
    ]
]

#: Sent to one model besides FOR_ALL.
FOR_MODEL: Mapping[str, List[Case]] = {
    "iris_named": CONTENT_TYPES,
    "echo_all_types": _typed_cases(),
    "describe_all_types": _typed_cases(),
    "describe_nested": _nested_cases(),
    "describe_tensors": _tensor_cases(),
    "describe_images": _tensor_cases(),
    "describe_one_tensor": _tensor_cases(),
    "describe_text_tensor": _tensor_cases(),
    "describe_unnamed": _ONE_COLUMN_CASES,
    "describe_one_text": _ONE_COLUMN_CASES,
    "describe_one_array": _ONE_COLUMN_CASES,
    "describe_params": _PARAMS_CASES,
    "returns": _RETURN_CASES,
    "type_hints": _TYPE_HINT_CASES,
    "raises": _RAISING,
}
