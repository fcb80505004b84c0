"""The forms of a table with rows of iris, good and bad: sent to every model."""

from __future__ import annotations

import json
from typing import List

import pandas as pd

from .case import CSV, NAMES, PARQUET, ROW, Case, of_json, parquet, split

_RECORD = dict(zip(NAMES, ROW))
_NAMES_JSON = json.dumps(NAMES).encode()

FOR_ALL: List[Case] = [
    Case("utf-16", '{"inputs": [[5.1, 3.5, 1.4, 0.2]]}'.encode("utf-16")),
    Case("nan literal", b'{"inputs": [[NaN, Infinity, -Infinity, 1]]}'),
    Case("huge number", b'{"inputs": [[1e400, 1, 2, 3]]}'),
    Case("huge integer", b'{"inputs": [[' + b"9" * 400 + b", 1, 2, 3]]}"),
    Case("nested by seventy", b'{"inputs": ' + b"[" * 70 + b"1" + b"]" * 70 + b"}"),
    Case("duplicate keys", b'{"inputs": [[1]], "inputs": [[5.1, 3.5, 1.4, 0.2]]}'),
    of_json("form and unknown key", {"inputs": [ROW], "unknown": 1}),
    of_json("inputs null", {"inputs": None}),
    of_json("inputs empty", {"inputs": []}),
    of_json("inputs text", {"inputs": "abc"}),
    of_json("inputs number", {"inputs": 3}),
    of_json("inputs true", {"inputs": True}),
    of_json("inputs row", {"inputs": ROW}),
    of_json("inputs rows", {"inputs": [ROW, [6.7, 3.0, 5.2, 2.3]]}),
    of_json("inputs with text", {"inputs": [["a", "b", "c", "d"]]}),
    of_json("inputs with null", {"inputs": [[None, 3.5, 1.4, 0.2]]}),
    of_json("inputs narrow", {"inputs": [[1.0, 2.0]]}),
    of_json("inputs texts", {"inputs": ["a", "b"]}),
    of_json("inputs columns", {"inputs": dict(zip(NAMES, [[5.1], [3.5], [1.4], [0.2]]))}),
    of_json("inputs uneven columns", {"inputs": dict(zip(NAMES, [[5.1, 1], [3.5], [1.4], [0.2]]))}),
    of_json("inputs scalars by name", {"inputs": _RECORD}),
    of_json("inputs records", {"inputs": [_RECORD]}),
    of_json("instances rows", {"instances": [ROW]}),
    of_json("instances records", {"instances": [_RECORD] * 2}),
    of_json("instances uneven records", {"instances": [_RECORD, {"sepal_length": 1.0}]}),
    of_json("split", split([ROW], NAMES)),
    of_json("split without names", split([ROW])),
    of_json("split with index", {"dataframe_split": {"columns": NAMES, "data": [ROW], "index": ["r1"]}}),
    of_json("split in another order", split([ROW[::-1]], NAMES[::-1])),
    of_json("split with extra column", split([[*ROW, 9]], [*NAMES, "more"])),
    of_json("split with missing column", split([ROW[:3]], NAMES[:3])),
    of_json("split with text", split([["a", 3.5, 1.4, 0.2]], NAMES)),
    of_json("split with numbers as text", split([["5.1", "3.5", "1.4", "0.2"]], NAMES)),
    of_json("split with integers", split([[5, 3, 1, 0]], NAMES)),
    of_json("split with booleans", split([[True, False, True, False]], NAMES)),
    of_json("split with null", split([[None, 3.5, 1.4, 0.2]], NAMES)),
    of_json("split with lists", split([[[1], [2], [3], [4]]], NAMES)),
    of_json("split with all digits", split([[5.123456789012345, 1 / 3, 1e-7, 2.2250738585072014e-308]] * 3, NAMES)),
    of_json("split with large integers", split([[2**53 + 1, 2**63 - 1, -(2**63), 2**31]] * 2, NAMES)),
    of_json("split with larger integers", split([[2**64 - 1, 2**64, -(2**63) - 1, 10**30]], NAMES)),
    of_json("split with integers beside fractions", split([[5.5, 2**60 + 1, -1, 0], [1, 0.1, 2.5, 3]], NAMES)),
    Case(
        "split with nan literal", b'{"dataframe_split": {"columns": %s, "data": [[NaN, -0.0, -0, 1E5]]}}' % _NAMES_JSON
    ),
    of_json("split with a boolean", split([[5.1, 3.5, True, 0.2], ROW], NAMES)),
    of_json("split of many rows", split([[number / 7, 3.5, 1.4, number] for number in range(40)], NAMES)),
    of_json("split without rows", split([], NAMES)),
    of_json("split with duplicate names", split([ROW], ["a", "a", "b", "b"])),
    of_json("records", {"dataframe_records": [_RECORD]}),
    of_json("records of two", {"dataframe_records": [_RECORD] * 2}),
    of_json("records in other orders", {"dataframe_records": [_RECORD, dict(reversed(list(_RECORD.items())))]}),
    of_json("records with more", {"dataframe_records": [{**_RECORD, "more": 1}] * 2}),
    of_json("records with text", {"dataframe_records": [_RECORD, {**_RECORD, "petal_width": "0.2"}]}),
    of_json("records of integers", {"dataframe_records": [dict.fromkeys(NAMES, 3)] * 2}),
    of_json("inputs columns of integers", {"inputs": {key: [3, 2**53 + 1] for key in NAMES}}),
    of_json("inputs columns with text", {"inputs": {**{key: [3, 4] for key in NAMES}, "petal_width": ["3", 4]}}),
    of_json("inputs columns with more", {"inputs": {**{key: [3, 4] for key in NAMES}, "more": [1, 2]}}),
    of_json("inputs records of integers", {"inputs": [dict.fromkeys(NAMES, 3)] * 2}),
    of_json("inputs records with fractions", {"inputs": [dict.fromkeys(NAMES, 3.5), dict.fromkeys(NAMES, 3)]}),
    of_json("instances of integers", {"instances": [dict.fromkeys(NAMES, 3)] * 2}),
    of_json("instances by name", {"instances": {key: [3.5, 4] for key in NAMES}}),
    of_json("inputs rows of integers", {"inputs": [[5, 3, 1, 0], [2**53 + 1, 0, 0, 0]]}),
    of_json("inputs rows with a boolean", {"inputs": [[5, 3, True, 0.5]]}),
    of_json("inputs rows wide", {"inputs": [[*ROW, 1]]}),
    of_json("records uneven", {"dataframe_records": [_RECORD, {"sepal_length": 1.0}]}),
    of_json("records of rows", {"dataframe_records": [ROW]}),
    of_json("records empty", {"dataframe_records": []}),
    of_json("params null", {"inputs": [ROW], "params": None}),
    of_json("params empty", {"inputs": [ROW], "params": {}}),
    of_json("params unknown", {"inputs": [ROW], "params": {"nobody": 1}}),
    Case("csv", b"sepal_length,sepal_width,petal_length,petal_width\n5.1,3.5,1.4,0.2\n", CSV),
    Case("csv of integers", b"sepal_length,sepal_width,petal_length,petal_width\n5,3,1,0\n", CSV),
    Case("csv in another order", b"petal_width,petal_length,sepal_width,sepal_length\n0.2,1.4,3.5,5.1\n1,2,3,4\n", CSV),
    Case("csv with more", b"id,sepal_length,sepal_width,petal_length,petal_width\nx,5.1,3.5,1.4,0.2\n", CSV),
    Case("csv with a name twice", b"sepal_length,sepal_length,sepal_width,petal_length,petal_width\n1,2,3,4,5\n", CSV),
    Case("csv quoted", b'"sepal_length","sepal_width",petal_length,petal_width\r\n"5.1", 3.5 ,1.4,2e-1\r\n\r\n', CSV),
    Case(
        "csv of all digits",
        b"sepal_length,sepal_width,petal_length,petal_width\n5.123456789012345,0.1,1e-7,-inf\n",
        CSV,
    ),
    Case("csv with one value more", b"sepal_length,sepal_width,petal_length,petal_width\n9,5.1,3.5,1.4,0.2\n", CSV),
    Case("csv with a gap", b"sepal_length,sepal_width,petal_length,petal_width\n,3,1,0\n", CSV),
    Case("csv with text", b"sepal_length,sepal_width,petal_length,petal_width\nx,3,1,0\n", CSV),
    Case("csv without a column", b"sepal_length,sepal_width\n5.1,3.5\n", CSV),
    Case("csv without rows", b"sepal_length,sepal_width,petal_length,petal_width\n", CSV),
    Case(
        "csv charset", b"sepal_length,sepal_width,petal_length,petal_width\n5.1,3.5,1.4,0.2\n", f"{CSV}; charset=utf-8"
    ),
    Case("parquet", parquet(pd.DataFrame([ROW], columns=NAMES)), PARQUET),
    Case("parquet with a missing column", parquet(pd.DataFrame([ROW[:2]], columns=NAMES[:2])), PARQUET),
    Case("no content type", b'{"inputs": [[5.1, 3.5, 1.4, 0.2]]}', None),
]
