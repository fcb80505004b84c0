"""Values of each scalar type, right and wrong."""

from __future__ import annotations

from typing import Any, Dict, List

import pandas as pd

from .case import CSV, PARQUET, Case, of_json, parquet, split

_TYPES = ["flag", "small", "big", "single", "real", "text", "blob", "when"]
_TYPED = [True, 1, 2**40, 0.5, 1.5, "é", "aGk=", "2020-01-02T03:04:05"]


def _typed(**changes: Any) -> Dict[str, Any]:
    return {**dict(zip(_TYPES, _TYPED)), **changes}


def typed_cases() -> List[Case]:
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
        cases.append(of_json(f"records, {name}", {"dataframe_records": [row]}))
        cases.append(of_json(f"split, {name}", split([list(row.values())] * 2, list(row))))
        cases.append(of_json(f"inputs by column, {name}", {"inputs": {key: [value] for key, value in row.items()}}))
        cases.append(of_json(f"inputs records, {name}", {"inputs": [row]}))
        cases.append(of_json(f"instances, {name}", {"instances": [row, row]}))
    cases.append(of_json("instances, optional in one row", {"instances": [_typed(extra=1.5), _typed()]}))
    cases.append(of_json("instances, required in one row", {"instances": [_typed(), {"flag": True}]}))
    header = ",".join(_TYPES)
    cases.append(Case("csv of all types", f"{header}\nTrue,1,2,0.5,1.5,x,aGk=,2020-01-02\n".encode(), CSV))
    cases.append(Case("csv without dates", b"text,blob\nx,y\n", CSV))
    frame = pd.DataFrame([{**_typed(blob=b"hi"), "when": pd.Timestamp("2020-01-02")}])
    narrow = frame.astype({"small": "int32", "single": "float32"})
    cases.append(Case("parquet of all types", parquet(narrow), PARQUET))
    cases.append(Case("parquet of wide types", parquet(frame), PARQUET))
    return cases
