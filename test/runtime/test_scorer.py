"""Several calls through the model at once: everybody gets what it would have got alone."""

from __future__ import annotations

import json
from typing import Any, List

from caisson_server.model.port import Enforced
from caisson_server.scoring.scorer import Scorer
from support.apps import ScoringClient, call_of
from support.batches import ROUTE, predictions, ran, served, split, together, total
from support.fake_model import NAMES, FakeModel


def test_rows_of_several_calls_are_one_run(tmp_path: Any) -> None:
    client = served(total, tmp_path)
    responses = together(client, split([1, 2]), split([3, 4], [5, 6]), split([0.5, 0.25]))
    assert predictions(responses) == [[3.0], [7.0, 11.0], [0.75]]
    assert ran(client) == [4]


def test_one_call_is_one_run(tmp_path: Any) -> None:
    client = served(total, tmp_path)
    assert predictions(together(client, split([1, 2]))) == [[3.0]]
    assert together(client) == []
    assert ran(client) == [1]


def test_bad_calls_harm_nobody(tmp_path: Any) -> None:
    client = served(total, tmp_path)
    bodies = [b"{", split([1, 2]), split([1]), split(["x", 2]), split([3, 4], params={"scale": "x"}), split([5, 6])]
    responses = together(client, *bodies)
    assert [response.status_code for response in responses] == [400, 200, 400, 400, 400, 200]
    alone = [client.post(ROUTE, content=body) for body in bodies]
    assert [response.content for response in responses] == [response.content for response in alone]
    assert ran(client)[0] == 2


def test_params_are_never_mixed(tmp_path: Any) -> None:
    client = served(total, tmp_path)
    two, three = {"scale": 2}, {"scale": 3.0}
    bodies = [split([1, 2], params=two), split([3, 4], params=three), split([5, 6], params=two), split([7, 8])]
    assert predictions(together(client, *bodies)) == [[3.0], [7.0], [11.0], [15.0]]
    model: Any = client.model
    assert (model.ran, model.scales) == ([2, 1, 1], [2.0, 3.0, 1.0])


def test_kinds_are_never_mixed(tmp_path: Any) -> None:
    """Rows, and frames: a frame is what comes with a column that is not in the signature."""
    client = served(total, tmp_path)
    frame = json.dumps({"dataframe_split": {"columns": ["b", "a"], "data": [[2, 1]]}}).encode()
    labelled = json.dumps({"dataframe_split": {"columns": NAMES, "data": [[5, 5]], "index": ["x"]}}).encode()
    assert predictions(together(client, split([1, 2]), frame, split([3, 4]), frame, labelled, labelled)) == [
        [3.0],
        [3.0],
        [7.0],
        [3.0],
        [10.0],
        [10.0],
    ]
    assert sorted(ran(client)) == [1, 1, 2, 2]


def test_requests_without_rows_stay_alone(tmp_path: Any) -> None:
    def predict(array: Any) -> Any:
        if not len(array):
            raise ValueError("no rows")
        return total(array)

    client = served(predict, tmp_path)
    responses = together(client, split([1, 2]), split(), split([3, 4]))
    assert [response.status_code for response in responses] == [200, 400, 200]


def test_no_more_rows_than_allowed(tmp_path: Any) -> None:
    client = served(total, tmp_path, most_rows=3)
    bodies = [split([1, 1]), split([2, 2], [3, 3]), split([4, 4]), split(*[[5, 5]] * 5), split([6, 6])]
    assert predictions(together(client, *bodies)) == [[2.0], [4.0, 6.0], [8.0], [10.0] * 5, [12.0]]
    assert ran(client) == [3, 1, 5, 1]


def test_dialects_may_share_a_run(tmp_path: Any) -> None:
    client = served(total, tmp_path)
    calls = [
        (client.dialects["/predict"], call_of(b'{"inputs": [[1, 2]]}')),
        (client.dialects[ROUTE], call_of(split([3, 4]))),
    ]
    assert [json.loads(answer.body) for answer in client.scorer.score_together(calls)] == [
        {"predictions": [3.0]},
        {"predictions": [7.0]},
    ]
    assert ran(client) == [2]


def test_every_call_of_the_model_is_told(tmp_path: Any) -> None:
    told: List[Any] = []
    client = served(total, tmp_path)
    client.scorer = Scorer(client.model, called=lambda requests, rows: told.append((requests, rows)))
    together(client, split([1, 2]), split([3, 4], [5, 6]), b"{")
    together(client, split([1, 2]))
    assert told == [(2, 3), (1, 1)]


def test_params_that_cannot_be_compared(tmp_path: Any) -> None:
    nested: List[Any] = []
    for _ in range(200_000):
        nested = [nested]

    class Unchecked(FakeModel):
        def enforce(self, data: Any, params: Any) -> Enforced:
            del params
            return Enforced(data, {"scale": 1.0, "nested": nested})

    client = ScoringClient(Unchecked(total), tmp_path)
    assert predictions(together(client, split([1, 2]), split([3, 4]))) == [[3.0], [7.0]]
    assert ran(client) == [1, 1]


class BrokenDialect:
    """Raises everywhere."""

    is_quick = True

    def _raise(self, *_arguments: Any) -> Any:
        raise MemoryError

    read = write = blame = _raise


def test_a_dialect_that_fails_gets_an_answer_all_the_same(tmp_path: Any) -> None:
    client = served(total, tmp_path)
    answer = client.scorer.score(BrokenDialect(), call_of(b""))
    assert (answer.status, answer.outcome) == (500, "model_error")
    assert b"Memory" not in answer.body
