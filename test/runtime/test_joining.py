"""Which data fit together, and what they are when they are put together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from caisson_server.model.port import Enforced, PlainRows
from caisson_server.scoring.joining import count_rows, join, kind_of
from caisson_server.scoring.splitting import split


def kind(data: Any, params: Any = None) -> Any:
    return kind_of(Enforced(data, params))


def rows(*values: Any) -> PlainRows:
    return PlainRows(np.asfortranarray(np.array(values)))


def frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns)


@pytest.mark.parametrize(
    "one, other",
    [
        (rows([1.0, 2.0]), rows([3.0, 4.0], [5.0, 6.0])),
        (np.zeros((1, 3)), np.ones((4, 3))),
        (np.zeros(1, "int32"), np.zeros(2, "int32")),
        (np.array(["a"]), np.array(["b", "c"])),
        ({"x": np.zeros((1, 2)), "y": np.zeros(1)}, {"x": np.zeros((3, 2)), "y": np.zeros(3)}),
        (frame(a=[1.0], b=["x"]), frame(a=[2.0, 3.0], b=["y", "z"])),
    ],
    ids=["rows", "arrays", "vectors", "texts", "dictionaries", "frames"],
)
def test_data_that_fit_together(one: Any, other: Any) -> None:
    assert kind(one) is not None
    assert kind(one) == kind(other)
    joined = join([one, other, one])
    assert count_rows(joined) == 2 * count_rows(one) + count_rows(other)
    assert kind(joined) == kind(one)


@pytest.mark.parametrize(
    "one, other",
    [
        (rows([1.0, 2.0]), np.array([[1.0, 2.0]])),
        (np.zeros((1, 3)), np.zeros((1, 4))),
        (np.zeros((1, 3)), np.zeros((1, 3), "float32")),
        (np.array(["a"]), np.array(["bc"])),
        ({"x": np.zeros(1)}, {"y": np.zeros(1)}),
        ({"x": np.zeros((1, 2))}, {"x": np.zeros((1, 3))}),
        (frame(a=[1.0]), frame(b=[1.0])),
        (frame(a=[1.0]), frame(a=[1])),
        (frame(a=[1.0], b=[1.0]), frame(b=[1.0], a=[1.0])),
        (pd.DataFrame({1: [1.0]}), pd.DataFrame({1.0: [1.0]})),
    ],
)
def test_data_that_do_not_fit_together(one: Any, other: Any) -> None:
    assert kind(one) is not None
    assert kind(other) is not None
    assert kind(one) != kind(other)


@pytest.mark.parametrize(
    "data",
    [
        None,
        3,
        "text",
        [1, 2],
        [{"a": 1}],
        {},
        {"a": 1},
        {"a": np.zeros(1), "b": np.zeros(2)},
        {"a": np.zeros(1), "b": [1]},
        np.array(5.0),
        np.zeros((0, 3)),
        np.array([[1], "a"], dtype=object),
        np.asfortranarray(np.zeros((2, 3))),
        PlainRows(np.zeros((0, 3))),
        frame(a=[]),
        pd.DataFrame(index=[0]),
        frame(a=[1.0]).set_index(pd.Index(["x"])),
        frame(a=[1.0]).set_index(pd.RangeIndex(3, 4)),
        frame(a=pd.Series([1, "x"], dtype=object)),
        pd.DataFrame([[1.0, 2.0]], columns=["a", "a"]),
        pd.Series([1.0]),
    ],
    ids=lambda data: type(data).__name__,
)
def test_data_that_stay_alone(data: Any) -> None:
    assert kind(data) is None


@pytest.mark.parametrize(
    "data, expected",
    [
        (rows([1, 2], [3, 4]), 2),
        (np.zeros((3, 2)), 3),
        (np.array(5.0), 1),
        (frame(a=[1, 2]), 2),
        ([1, 2, 3], 3),
        ({"a": np.zeros(2), "b": np.zeros(1)}, 2),
        ({"prompt": "x"}, 1),
        ({}, 1),
        ("text", 1),
        (None, 1),
    ],
)
def test_rows_are_counted(data: Any, expected: int) -> None:
    assert count_rows(data) == expected


def test_texts_among_objects_fit_together() -> None:
    one, other = (frame(a=pd.Series([text], dtype=object)) for text in "xy")
    assert kind(one) == kind(other)
    assert join([one, other])["a"].tolist() == ["x", "y"]


@pytest.mark.parametrize(
    "one, other", [(None, {}), ({"a": 1}, {"a": 1.0}), ({"a": 1}, {"a": True}), ({"a": [1]}, {"a": [2]}), ("x", None)]
)
def test_params_that_differ(one: Any, other: Any) -> None:
    assert kind(np.zeros(1), one) != kind(np.zeros(1), other)


def test_params_in_any_order() -> None:
    assert kind(np.zeros(1), {"a": 1, "b": "x"}) == kind(np.zeros(1), {"b": "x", "a": 1})


def test_rows_stay_in_the_order_of_frames() -> None:
    joined = join([rows([1, 2, 3]), rows([4, 5, 6], [7, 8, 9])]).array
    expected = pd.DataFrame([[1, 2, 3], [4, 5, 6], [7, 8, 9]]).to_numpy()
    assert (joined.tolist(), joined.strides, joined.dtype) == (expected.tolist(), expected.strides, expected.dtype)


def test_parts_of_frames_begin_anew() -> None:
    parts = split(frame(a=[1, 2, 3]), [1, 2])
    assert parts is not None
    pd.testing.assert_frame_equal(parts[1], frame(a=[2, 3]))
    series = split(pd.Series([1, 2, 3], index=[7, 8, 9], name="n"), [2, 1])
    assert series is not None
    pd.testing.assert_series_equal(series[0], pd.Series([1, 2], name="n"))


@pytest.mark.parametrize("make", [sparse.csr_matrix, sparse.csc_array, sparse.coo_matrix, sparse.lil_array])
def test_parts_of_sparse_matrices(make: Any) -> None:
    parts = split(make(np.arange(6).reshape(3, 2)), [1, 2])
    assert parts is not None
    assert [part.toarray().tolist() for part in parts] == [[[0, 1]], [[2, 3], [4, 5]]]
