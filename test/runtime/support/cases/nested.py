"""Lists, objects and maps in cells."""

from __future__ import annotations

from typing import Any, Dict, List

from .case import Case, of_json, split


def nested_cases() -> List[Case]:
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
        cases.append(of_json(f"records, {name}", {"dataframe_records": [row]}))
        cases.append(of_json(f"inputs records, {name}", {"inputs": [row]}))
        cases.append(of_json(f"inputs by name, {name}", {"inputs": row}))
        cases.append(of_json(f"instances, {name}", {"instances": [row]}))
        cases.append(of_json(f"split, {name}", split([list(row.values())], list(row))))
    return cases
