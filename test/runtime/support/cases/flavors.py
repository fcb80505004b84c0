"""Rows for the models of one flavor."""

from __future__ import annotations

import pandas as pd

from .case import CSV, NAMES, PARQUET, ROW, Case, of_json, parquet, split

_PERSON = {"city": "Rome", "about": "likes tea", "age": 20.0, "income": 1.5}
PEOPLE_CASES = [
    of_json("a person", {"dataframe_records": [_PERSON]}),
    of_json("people", {"dataframe_records": [_PERSON, {**_PERSON, "city": "Oslo", "age": None}]}),
    of_json("a person of an unknown city", {"dataframe_records": [{**_PERSON, "city": "Bonn"}]}),
    of_json("a person without a city", {"dataframe_records": [{**_PERSON, "city": None}]}),
    of_json("a person without words", {"dataframe_records": [{**_PERSON, "about": ""}]}),
    of_json("a person about nothing", {"dataframe_records": [{**_PERSON, "about": None}]}),
    of_json("a person of no income", {"dataframe_records": [{k: v for k, v in _PERSON.items() if k != "income"}]}),
    of_json("a person of an age in words", {"dataframe_records": [{**_PERSON, "age": "twenty"}]}),
    of_json("a person of an age as text", {"dataframe_records": [{**_PERSON, "age": "20"}]}),
    of_json("people as split", split([list(_PERSON.values())] * 3, list(_PERSON))),
    of_json("people as inputs", {"inputs": [_PERSON]}),
    of_json("people as columns", {"inputs": {key: [value] * 2 for key, value in _PERSON.items()}}),
    of_json("people as instances", {"instances": [_PERSON, _PERSON]}),
    of_json("people with more", {"dataframe_records": [{**_PERSON, "zip": 1, "note": "x"}]}),
    Case("people as csv", b"city,about,age,income\nRome,tea and dogs,33,2\nOslo,,,\n", CSV),
    Case("people as parquet", parquet(pd.DataFrame([_PERSON])), PARQUET),
]

_MIXED = dict(zip(NAMES, [5.1, 3.5, 14, 1_801_439_850_948_198]))
MIXED_CASES = [
    of_json("mixed", {"dataframe_records": [_MIXED]}),
    of_json("mixed, twice", split([list(_MIXED.values())] * 2, NAMES)),
    of_json("mixed, large", split([[1e300, 3e38, 2**31 - 1, 2**63 - 1]], NAMES)),
    of_json("mixed, odd integers", split([[5.1, 3.5, 2**24 + 1, 2**53 + 1]], NAMES)),
    of_json("mixed, gaps", split([[None, None, 1, 2]], NAMES)),
    of_json("mixed, no integer", split([[1, 2, None, 2]], NAMES)),
    of_json("mixed, by inputs", {"inputs": {key: [value] for key, value in _MIXED.items()}}),
    of_json("mixed, instances", {"instances": [_MIXED]}),
    Case("mixed, csv", b"sepal_length,sepal_width,petal_length,petal_width\n5.1,3.5,14,1801439850948198\n", CSV),
]

BOOSTER_PARAMS_CASES = [
    of_json(f"booster params, {name}", {**split([ROW], NAMES), "params": params})
    for name, params in {
        "margin": {"output_margin": True},
        "strict": {"strict_shape": True, "output_margin": False},
        "range": {"iteration_range": [0, 2]},
        "range of one": {"iteration_range": 3},
        "range of text": {"iteration_range": ["a"]},
        "range nested": {"iteration_range": [[1]]},
        "nobody": {"nobody": 5},
        "raw score": {"raw_score": False},
        "of a wrong type": {"output_margin": "yes"},
    }.items()
]

SPAN_CASES = [
    of_json(f"span, {name}", {"dataframe_split": {"data": rows, "columns": columns}})
    for name, (rows, columns) in {
        "good": ([[55, 65]], ["start", "end"]),
        "one": ([[3, 3]], ["start", "end"]),
        "backwards": ([[9, 3]], ["start", "end"]),
        "two rows": ([[1, 2], [3, 4]], ["start", "end"]),
        "no end": ([[1]], ["start"]),
        "text": ([["2020-02-01", "2020-02-04"]], ["start", "end"]),
        "no dates": ([["x", "y"]], ["start", "end"]),
        "fractions": ([[1.5, 2.5]], ["start", "end"]),
        "beyond": ([[100, 103]], ["start", "end"]),
    }.items()
]

SUM_CASES = [
    of_json("sum, columns", {"inputs": {"a": [1.5, 2], "b": [2.5, 3]}}),
    of_json("sum, records", {"dataframe_records": [{"a": 1.5, "b": 2.5}, {"a": 1, "b": 2}]}),
    of_json("sum, split", split([[1.5, 2.5]], ["a", "b"])),
    of_json("sum, one missing", split([[1.5]], ["a"])),
    of_json("sum, instances", {"instances": [{"a": 1.5, "b": 2.5}]}),
    of_json("sum, text", split([["x", "y"]], ["a", "b"])),
]

FEED_CASES = [
    of_json("feed", {"inputs": {"X": [ROW, ROW]}}),
    of_json("feed, instances", {"instances": [{"X": ROW}, {"X": ROW}]}),
    of_json("feed, split", split([[ROW]], ["X"])),
    of_json("feed, wrong name", {"inputs": {"Y": [ROW]}}),
    of_json("feed, integers", {"inputs": {"X": [[1, 2, 3, 4]]}}),
    of_json("feed, narrow", {"inputs": {"X": [[1.5, 2]]}}),
    of_json("feed, many", {"inputs": [ROW] * 50}),
]
