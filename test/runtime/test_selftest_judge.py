"""What the self-test takes as the same predictions, as a fair question, and as memory."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from caisson_server.selftest.ask import Answer
from caisson_server.selftest.example import is_fair
from caisson_server.selftest.judge import difference, problem_of
from caisson_server.selftest.memory import memory_bytes
from caisson_server.selftest.question import Question, own_question
from caisson_server.signature.types import AnyType, ColumnSpec, ColumnType, DataType, Schema, Signature, TensorSpec


@pytest.mark.parametrize(
    "expected, actual",
    [
        (1, 1.0),
        (1.0, 1.0000009),
        (0, 1e-13),
        (10**400, 10**400),
        (None, None),
        ("a", "a"),
        ({"b": [1, {"c": True}]}, {"b": [1.0000001, {"c": True}]}),
        ([], []),
    ],
)
def test_the_same(expected: Any, actual: Any) -> None:
    assert difference(expected, actual, 1e-6) is None


@pytest.mark.parametrize(
    "expected, actual, where",
    [
        (1.0, 1.00001, "predictions is 1.00001 instead of 1.0"),
        (1, True, "predictions is true instead of 1"),
        (True, 1, "predictions is 1 instead of true"),
        (0, 1e-9, "predictions is 1e-09 instead of 0"),
        (10**400, 1.0, "predictions is 1.0 instead of 1"),
        (10**400, math.inf, "predictions is Infinity instead of 1"),
        ("a", "b", 'predictions is "b" instead of "a"'),
        (None, 0, "predictions is 0 instead of null"),
        ({"a": 1}, {"b": 1}, 'predictions is {"b": 1} instead of {"a": 1}'),
        ([{"a": [1, 2]}], [{"a": [1, 3]}], "predictions[0].a[1] is 3 instead of 2"),
        ([1], {"a": 1}, 'predictions is {"a": 1} instead of [1]'),
    ],
)
def test_different(expected: Any, actual: Any, where: str) -> None:
    found = difference(expected, actual, 1e-6)
    assert found is not None
    assert found.startswith(where)


def test_a_tolerance_of_ones_own() -> None:
    assert difference([1.0], [1.05], 0.1) is None
    assert difference([1.0], [1.0000001], 0) is not None


def answer(body: bytes, status: int = 200) -> Answer:
    return Answer(status, body, 1.0)


ANY = Question("yours", "/invocations", b"{}")


@pytest.mark.parametrize("body", [b'{"predictions": [1]}', b'{"predictions": {"a": 1}, "more": 2}'])
def test_predictions(body: bytes) -> None:
    assert problem_of(ANY, answer(body)) is None


@pytest.mark.parametrize(
    "body, problem",
    [
        (b"", "the answer is not JSON"),
        (b"\xff", "the answer is not JSON"),
        (b"[" * 100_000, "the answer is not JSON"),
        (b"[1]", "the answer has no predictions"),
        (b"{}", "the answer has no predictions"),
        (b'{"predictions": null}', "the answer has no predictions"),
    ],
)
def test_no_predictions(body: bytes, problem: str) -> None:
    assert problem_of(ANY, answer(body)) == problem


def test_chats_have_answers_of_their_own() -> None:
    chat = own_question(b'{"request": {"messages": []}, "expected": {"choices": [1]}}')
    assert problem_of(chat, answer(b'{"choices": [1]}')) is None
    assert problem_of(chat, answer(b'{"choices": [2]}')) == "predictions.choices[0] is 2 instead of 1"


def test_an_expected_refusal_can_tell_what_it_says() -> None:
    refused = own_question(b'{"inputs": [], "status": 400, "expected": {"error": "no"}}')
    assert problem_of(refused, answer(b'{"error": "no"}', 400)) is None
    assert problem_of(refused, answer(b'{"error": "yes"}', 400)) is not None


def columns(*types: ColumnType) -> Signature:
    return Signature(Schema(tuple(ColumnSpec(each, f"c{index}", required=True) for index, each in enumerate(types))))


def tensor(dtype: str, *shape: int) -> Signature:
    return Signature(Schema((TensorSpec(dtype, shape, None),)))


@pytest.mark.parametrize(
    "signature, expected",
    [
        (columns(DataType.DOUBLE, DataType.BOOLEAN, DataType.LONG), True),
        (columns(DataType.DOUBLE, DataType.STRING), False),
        (columns(DataType.DATETIME), False),
        (columns(AnyType()), False),
        (tensor("float64", -1, 4), True),
        (tensor("uint8", -1, -1, 3), False),
        (tensor("str", -1), False),
        (Signature(), False),
    ],
)
def test_fair_questions(signature: Signature, expected: Any) -> None:
    assert is_fair(signature) is expected


def test_memory_is_shared_out(tmp_path: Path) -> None:
    processes = {"1": "Rss: 9000 kB\nPss: 1000 kB\nPss_Anon: 5 kB\n", "7": "Pss: 500 kB\n"}
    for pid, text in processes.items():
        folder = tmp_path / "proc" / pid
        folder.mkdir(parents=True)
        (folder / "smaps_rollup").write_text(text)
    (tmp_path / "proc" / "self").mkdir()
    # Of a process that does not show its shares.
    (tmp_path / "proc" / "8").mkdir()
    (tmp_path / "proc" / "8" / "statm").write_text("100 2 3 4 0 5 0\n")
    assert memory_bytes(tmp_path) == 1500 * 1024 + 2 * 4096
