"""The way of `/predict` without pandas gives the bits that the way over DataFrames gives, and is as strict."""

from __future__ import annotations

import random
from typing import Any, Sequence

import pytest

from caisson_server.rows.data import model_data
from caisson_server.rows.errors import InputsError
from caisson_server.rows.plain import positional_rows
from caisson_server.signature.types import DataType
from support.plain_tables import TYPES, UNUSUAL, D, F, I, L, assert_bits, columns_of, signature_of, table


@pytest.mark.parametrize("types", TYPES, ids=str)
def test_the_same_bits_for_predict(types: Sequence[DataType]) -> None:
    some = random.Random(str(types))  # noqa: S311 - the same in every run
    signature = signature_of(types, named=True)
    short = 0
    for _ in range(150):
        rows = table(some, types)
        inputs = rows if some.random() < 0.8 else rows[0]
        found = positional_rows(inputs, columns_of(signature))
        if found is not None:
            short += 1
            assert_bits(found.array, model_data(inputs, signature, "mlflow.sklearn").to_numpy())
    assert short > 75


@pytest.mark.parametrize("inputs", [[], {}, "x", None, [1, 2], [[1]], [{"c0": 1}], [[1, 2, 3], 5]], ids=repr)
def test_predict_leaves_the_rest_to_frames(inputs: Any) -> None:
    assert positional_rows(inputs, columns_of(signature_of([D, D, D], named=True))) is None


def test_bare_values_of_one_column_are_rows() -> None:
    signature = signature_of([D], named=True)
    assert positional_rows([1, 2], columns_of(signature)) is None
    assert model_data([1, 2], signature, "")["c0"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize("value", [v for v in UNUSUAL if v is not True and v is not False], ids=repr)
def test_predict_stays_strict(value: Any) -> None:
    """What the way over DataFrames refuses, the short way does not take."""
    for kind in (D, F, L, I):
        signature = signature_of([kind, kind], named=True)
        try:
            model_data([[value, 1]], signature, "")
        except InputsError:
            assert positional_rows([[value, 1]], columns_of(signature)) is None
