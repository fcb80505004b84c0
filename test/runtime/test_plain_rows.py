"""The way without pandas gives the bits that the way over DataFrames gives, or leaves the body to it."""

from __future__ import annotations

import json
import random
from typing import Any, List, Optional, Sequence

import numpy as np
import pytest

from caisson_server.enforcement.enforce import enforce
from caisson_server.model.port import PlainRows
from caisson_server.protocol.errors import RequestError
from caisson_server.protocol.invocation import parse_invocation
from caisson_server.protocol.plain_columns import PlainColumns, plain_columns
from caisson_server.signature.types import ColumnSpec, DataType, Schema, Signature
from support.plain_tables import TYPES, UNUSUAL, D, F, I, L, assert_bits, columns_of, signature_of, table


def named_bodies(rows: List[List[Any]]) -> List[Any]:
    names = [f"c{place}" for place in range(len(rows[0]))]
    records = [dict(zip(names, row)) for row in rows]
    by_name = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    return [
        {"dataframe_split": {"columns": names, "data": rows}},
        {"dataframe_records": records},
        {"inputs": by_name},
        {"inputs": records},
        {"instances": records},
        {"instances": by_name},
    ]


def unnamed_bodies(rows: List[List[Any]]) -> List[Any]:
    return [{"dataframe_split": {"data": rows}}, {"inputs": rows}, {"instances": rows}]


def compare(body: Any, signature: Signature) -> bool:
    """Whether the body went the short way; asserts that it may."""
    text = json.dumps(body).encode()
    short = _read(text, signature, columns_of(signature))
    if not isinstance(short, PlainRows):
        return False
    frame, _ = enforce(parse_invocation(text, None, signature).data, None, signature)
    assert_bits(short.array, frame.to_numpy())
    return True


def _read(text: bytes, signature: Signature, columns: Optional[PlainColumns]) -> Any:
    try:
        return parse_invocation(text, None, signature, columns).data
    except RequestError:
        return None


@pytest.mark.parametrize("types", TYPES, ids=str)
@pytest.mark.parametrize("named", [True, False])
def test_the_same_bits(types: Sequence[DataType], *, named: bool) -> None:
    some = random.Random(str(types))  # noqa: S311 - the same in every run
    signature = signature_of(types, named=named)
    short = [
        compare(body, signature)
        for _ in range(60)
        for body in (named_bodies if named else unnamed_bodies)(table(some, types))
    ]
    # The short way is no use if nothing goes it.
    assert short.count(True) > len(short) / 8


@pytest.mark.parametrize("value", UNUSUAL, ids=repr)
def test_the_same_bits_of_unusual_values(value: Any) -> None:
    for kind in (D, F, L, I):
        for rows in ([[value, 1]], [[1, value]], [[1, 2], [value, 4]]):
            for body in named_bodies(rows):
                compare(body, signature_of([kind, kind], named=True))
            for body in unnamed_bodies(rows):
                compare(body, signature_of([kind, kind], named=False))


@pytest.mark.parametrize(
    "body",
    [
        {"dataframe_split": {"columns": ["c1", "c0"], "data": [[1, 2]]}},
        {"dataframe_split": {"columns": ["c0", "c1", "c2"], "data": [[1, 2, 3]]}},
        {"dataframe_split": {"columns": ["c0", "c0"], "data": [[1, 2]]}},
        {"dataframe_split": {"columns": ["c0", "c1"], "data": [[1, 2]], "index": [0]}},
        {"dataframe_split": {"columns": ["c0", "c1"], "data": [[1, 2], [3]]}},
        {"dataframe_split": {"columns": ["c0", "c1"], "data": [[1, 2], 3]}},
        {"dataframe_split": {"columns": ["c0", "c1"], "data": []}},
        {"dataframe_split": {"columns": ["c0", "c1"], "data": {"c0": [1]}}},
        {"dataframe_split": {"data": [[1, 2]]}},
        {"dataframe_split": {"columns": ["c0", "c1"]}},
        {"dataframe_split": [[1, 2]]},
        {"dataframe_records": [{"c0": 1}]},
        {"dataframe_records": [{"c0": 1, "c1": 2, "c2": 3}]},
        {"dataframe_records": [{"c0": 1, "c2": 2}]},
        {"dataframe_records": [{"c0": 1, "c1": 2}, [1, 2]]},
        {"dataframe_records": []},
        {"dataframe_records": {"c0": [1]}},
        {"inputs": {"c0": [1], "c1": [1, 2]}},
        {"inputs": {"c0": [], "c1": []}},
        {"inputs": {"c0": 1, "c1": 2}},
        {"inputs": {"c0": [1]}},
        {"inputs": [[1, 2]]},
        {"instances": [{"c0": 1, "c1": 2}, 3]},
        {"instances": "x"},
    ],
    ids=json.dumps,
)
def test_what_is_left_to_frames(body: Any) -> None:
    signature = signature_of([D, D], named=True)
    assert not isinstance(_read(json.dumps(body).encode(), signature, columns_of(signature)), PlainRows)


@pytest.mark.parametrize("form", ["inputs", "instances"])
@pytest.mark.parametrize("rows", [[1, 2], [[1, 2, 3]], [[1]], [], [[1, 2], [3]], {"c0": [1]}, 3])
def test_what_is_left_to_frames_without_names(form: str, rows: Any) -> None:
    signature = signature_of([D, D], named=False)
    assert not isinstance(_read(json.dumps({form: rows}).encode(), signature, columns_of(signature)), PlainRows)


@pytest.mark.parametrize(
    "signature",
    [
        Signature(),
        Signature(Schema((ColumnSpec(D, "a", required=False),))),
        Signature(Schema((ColumnSpec(DataType.BOOLEAN, "a", required=True),))),
        Signature(Schema((ColumnSpec(D, "a", required=True), ColumnSpec(D, "a", required=True)))),
    ],
)
def test_signatures_of_anything_else(signature: Signature) -> None:
    assert plain_columns(signature) is None


def test_params_come_along() -> None:
    signature = signature_of([D], named=True)
    body = b'{"dataframe_records": [{"c0": 1}], "params": {"a": 100000000000000000000}}'
    found = parse_invocation(body, "application/json; charset=utf-8", signature, columns_of(signature))
    assert (type(found.data), found.params) == (PlainRows, {"a": 10**20})


def test_many_rows() -> None:
    rows = np.random.default_rng(0).normal(size=(3000, 3)).tolist()
    for types in ([D, D, D], [F, D, F]):
        assert all(compare(body, signature_of(types, named=True)) for body in named_bodies(rows)[:3])
