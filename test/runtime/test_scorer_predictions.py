"""Predictions of several calls are taken apart, or made one by one."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from support.batches import ROUTE, predictions, ran, served, split, together, total


@pytest.mark.parametrize("error", [ValueError("more than one"), SystemExit(3), KeyboardInterrupt()])
def test_a_model_that_fails_only_for_several_rows(tmp_path: Any, error: BaseException) -> None:
    def predict(array: Any) -> Any:
        if len(array) > 1:
            raise error
        return total(array)

    client = served(predict, tmp_path)
    assert predictions(together(client, split([1, 2]), split([3, 4]))) == [[3.0], [7.0]]
    assert ran(client) == [2, 1, 1]


def test_one_row_that_the_model_cannot_take(tmp_path: Any) -> None:
    def predict(array: Any) -> Any:
        if (array < 0).any():
            sys.exit(3)
        return total(array)

    client = served(predict, tmp_path)
    responses = together(client, split([1, 2]), split([-1, 0]), split([3, 4]))
    assert [response.status_code for response in responses] == [200, 400, 200]
    assert [response.outcome for response in responses] == ["ok", "model_error", "ok"]


@pytest.mark.parametrize(
    "predict",
    [
        lambda array: total(array)[:1],
        lambda array: [*total(array), 1.0],
        lambda array: {"sum": total(array)},
        lambda array: float(array[0, 0]),
        lambda array: "text"[: len(array)],
        lambda array: tuple(total(array)),
        lambda array: np.array(array[0, 0]),
    ],
    ids=["fewer", "more", "a dictionary", "a number", "a text", "a tuple", "no shape"],
)
def test_predictions_that_are_not_by_row(tmp_path: Any, predict: Any) -> None:
    client = served(predict, tmp_path)
    bodies = [split([1, 2]), split([3, 4], [5, 6])]
    responses = together(client, *bodies)
    assert ran(client) == [3, 1, 2]
    assert [one.content for one in responses] == [client.post(ROUTE, content=body).content for body in bodies]


@pytest.mark.parametrize(
    "predict",
    [
        total,
        lambda array: array * 2,
        lambda array: (array > 2).tolist(),
        lambda array: [{"sum": float(value)} for value in total(array)],
        lambda array: np.array([f"{value:.0f}" for value in total(array)]),
        lambda array: pd.Series(total(array), name="sum"),
        lambda array: pd.Series(total(array), index=[f"r{place}" for place in range(len(array))]),
        lambda array: pd.DataFrame({"sum": total(array), "text": ["x"] * len(array)}),
        sparse.csr_matrix,
        sparse.csc_matrix,
        sparse.coo_matrix,
    ],
    ids=["array", "table", "list", "objects", "texts", "series", "labels", "frame", "csr", "csc", "coo"],
)
def test_each_gets_its_own_rows(tmp_path: Any, predict: Any) -> None:
    client = served(predict, tmp_path)
    bodies = [split([1, 2]), split([3, 4], [5, 0]), split([7, 8])]
    responses = together(client, *bodies)
    assert ran(client) == [4]
    assert [one.content for one in responses] == [client.post(ROUTE, content=body).content for body in bodies]
    assert all(one.status_code == 200 for one in responses)
