"""Batching is on only where rows together answer exactly as each of them alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable

import numpy as np
import pytest

from caisson_server.model.port import RowWise
from caisson_server.scoring.batching_choice import decide_batching
from caisson_server.scoring.rehearsal import rehearse
from caisson_server.signature.types import Signature
from support.apps import load_direct
from support.fake_model import FakeModel, folder_of
from support.models import ModelShelf

BODIES = [
    json.dumps({"dataframe_split": {"columns": ["a", "b"], "data": [[number / 7, number * 1.1]]}}).encode()
    for number in range(20)
]


def total(array: Any) -> Any:
    return array.sum(axis=1)


def test_rows_that_agree() -> None:
    model = FakeModel(total)
    assert rehearse(model, BODIES) is None
    assert {1, 2, 3, 8, 32, 256} <= set(model.ran)


@pytest.mark.parametrize(
    "predict, reason",
    [
        (lambda array: total(array) - total(array).mean(), "it predicts 2 rows together otherwise than each"),
        (lambda array: total(array) * (1 + 1e-16 * (len(array) > 7)) + 0.0, None),
        (lambda array: np.nextafter(total(array), np.inf) if len(array) > 7 else total(array), "it predicts 8 rows"),
        (lambda array: total(array) + 1e-3 * (np.arange(len(array)) > 200), "it predicts 256 rows together"),
        (lambda array: total(array)[::-1], "it predicts 2 rows together"),
        (lambda array: total(array)[:1], "its predictions do not come row by row"),
        (lambda array: {"sum": total(array)}, "its predictions do not come row by row"),
        (lambda array: total(array.reshape(1, 2)), "it raises ValueError for 2 rows together"),
    ],
    ids=["mean", "nothing", "last bit", "far back", "reversed", "too few", "object", "raises"],
)
def test_rows_that_do_not_agree(predict: Callable[[Any], Any], reason: Any) -> None:
    found = rehearse(FakeModel(predict), BODIES)
    assert found is None if reason is None else str(found).startswith(reason)


def test_rows_that_the_model_does_not_take_are_left_out() -> None:
    def predict(array: Any) -> Any:
        if (array[:, 0] < 1).any():
            raise SystemExit(1)
        return total(array)

    assert rehearse(FakeModel(predict), BODIES) is None
    assert rehearse(FakeModel(predict), BODIES[:10]) == "it predicts 3 of 10 rows that were tried"


def test_requests_that_never_fit_together() -> None:
    bodies = [b'{"inputs": [[1, 2]]}', *BODIES]
    model = FakeModel(total)
    model.signature = Signature(params=model.signature.params)
    assert rehearse(model, bodies) == "its requests cannot be put together"


def test_the_choice(tmp_path: Path) -> None:
    model = FakeModel(total)
    folder = folder_of(tmp_path)
    assert decide_batching(model, folder, "auto").is_on
    assert model.ran
    reasons = {setting: decide_batching(model, folder, setting) for setting in ("on", "off")}
    assert (reasons["on"].is_on, reasons["on"].reason) == (True, "CAISSON_BATCHING is on")
    assert (reasons["off"].is_on, reasons["off"].reason) == (False, "CAISSON_BATCHING is off")


def test_the_choice_against_batching(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    uncertain = FakeModel(total)
    uncertain.row_wise = RowWise(certain=False, reason="Fake looks around")
    choice = decide_batching(uncertain, folder, "auto")
    assert (choice.is_on, choice.reason, uncertain.ran) == (False, "Fake looks around", [])
    mean = decide_batching(FakeModel(lambda array: total(array) * 0 + array.mean()), folder, "auto")
    assert (mean.is_on, mean.reason) == (False, "it predicts 2 rows together otherwise than each of them alone")
    unsigned = FakeModel(total)
    unsigned.signature = Signature()
    assert decide_batching(unsigned, folder, "auto").reason == "it has neither an input example nor a signature"


def test_real_models(shelf: ModelShelf) -> None:
    forest = shelf.folder("sklearn_mixed_forest")
    assert decide_batching(load_direct(forest), forest, "auto").is_on
    # A matrix product rounds the last bit otherwise for several rows than for one.
    linear = shelf.folder("multi_output")
    assert not decide_batching(load_direct(linear), linear, "auto").is_on
