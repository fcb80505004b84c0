"""A fast reader and writer of JSON changes no answer."""

from __future__ import annotations

import datetime as dt
import json
import random
import struct
from typing import Any, List

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from caisson_server import encoding
from caisson_server.encoding import encode_predictions
from caisson_server.protocol import json_text
from caisson_server.protocol.json_text import decode_json, encode_plain

BODIES: List[bytes] = [
    *(b"", b" ", b"{", b"[1,]", b"nul", b"'a'", b'{"a":1,"a":2}', b'"a\tb"', b'"\\x"', b"[1] x", b"01", b"+1", b".5"),
    *(b"-0", b"-0.0", b"0e5", b"1E5", b"1.0E+2", b"1e400", b"-1e400", b"1e-400", b"1.", b"1e23", b"1234567890123456.0"),
    *(b"9" * 18, b"9" * 19, b"9" * 20, b"-" + b"9" * 19, b"9" * 30, b"9" * 400, b"9" * 5000, b"0." + b"3" * 40),
    *(str(number).encode() for number in (2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1)),
    *(b"NaN", b"Infinity", b"-Infinity", b'"\\ud800"', b'"\\ud83d\\ude00"', b'"\xed\xa0\x80"', b'"\xff"', b'"\\u0000"'),
    *(b"\xef\xbb\xbf1", '{"a": "é"}'.encode(), '{"a": 1}'.encode("utf-16"), '{"a": 1}'.encode("utf-32"), b'"\x7f"'),
    *(b"[" * 500 + b"]" * 500, b"[" * 100_000, b"\x0b1", b"\xa01"),
]


def outcome(read: Any, body: bytes) -> Any:
    """By `repr`, which tells 1 from 1.0, and 0.0 from -0.0."""
    try:
        return repr(read(body))
    except (ValueError, RecursionError) as error:
        return type(error), str(error)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:20]))
def test_reads_as_json_does(body: bytes) -> None:
    assert outcome(decode_json, body) == outcome(json.loads, body)


def test_reads_every_number_as_json_does() -> None:
    some = random.Random(1)  # noqa: S311 - the same in every run
    for _ in range(20_000):
        digits = str(some.getrandbits(some.randint(1, 64)))
        texts = [
            repr(struct.unpack("d", struct.pack("Q", some.getrandbits(64)))[0]),
            f"{digits}.{some.getrandbits(some.randint(1, 64))}",
            f"-{digits}e{some.randint(-330, 300)}",
            digits,
        ]
        for text in texts:
            body = f"[{text}]".encode()
            assert outcome(decode_json, body) == outcome(json.loads, body)


@pytest.fixture
def without_orjson(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "orjson", None)


@pytest.mark.usefixtures("without_orjson")
@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:20]))
def test_reads_the_same_without_orjson(body: bytes) -> None:
    assert outcome(decode_json, body) == outcome(json.loads, body)
    assert encode_plain([1]) is None


PREDICTIONS: List[Any] = [
    np.array([1, 2, 3]),
    np.array([[0.1, 1e16], [1e-7, 5e-324]]),
    np.array([1.0, np.nan, np.inf, -np.inf]),
    np.array([0.1, 3.4e38], dtype=np.float32),
    np.array([0.1], dtype=np.float16),
    np.array([2**63, 2**64 - 1], dtype=np.uint64),
    np.array([-(2**63)]),
    np.array([True, False]),
    np.array(["a", "é", '"\\\n', "\u2028"]),
    np.array(["\ud800"]),
    np.array(5.5),
    np.array([]),
    np.zeros((2, 0, 3)),
    np.array(["2020-01-01"], dtype="datetime64[ns]"),
    np.array([b"a"]),
    np.array([1, "a", None, dt.date(2020, 1, 2)], dtype=object),
    np.ma.masked_array([1.5, 2.5], [True, False]),
    np.matrix([[1, 2]]),
    [1, "a", None, True, 0.5],
    [float("nan"), 1e400, 2**63],
    [2**64],
    [2**70, -(2**63) - 1],
    ["\ud800"],
    [],
    [[1, 2], [float("nan")]],
    [np.float64(0.1), np.float32(0.1), np.int64(3)],
    [{"a": float("inf")}],
    {"a": np.array([1.5]), 1: 2},
    "text",
    3,
    None,
    (1, 2),
    pd.Series([1.5, np.nan], name="x"),
    pd.DataFrame({"a": [1, 2], "b": ["x", None]}),
    pd.DataFrame({"when": pd.to_datetime(["2020-01-01", None])}),
    [pd.NA],
    sparse.csr_matrix([[1, 0], [0, 2]]),
]


@pytest.mark.parametrize("predictions", PREDICTIONS, ids=repr)
@pytest.mark.parametrize("wrapped", [True, False])
def test_writes_what_json_writes(predictions: Any, *, wrapped: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = encode_predictions(predictions, wrapped=wrapped)
    monkeypatch.setattr(encoding, "encode_plain", lambda _value: None)
    slowly = encode_predictions(predictions, wrapped=wrapped)
    assert repr(json.loads(ours)) == repr(json.loads(slowly))


@pytest.mark.parametrize("predictions", [{1}, [{1}], 1j, [1j], np.array([1j]), np.array([{1}]), object()], ids=repr)
def test_what_json_cannot_say(predictions: Any) -> None:
    with pytest.raises(TypeError, match="cannot be written as JSON"):
        encode_predictions(predictions, wrapped=True)


def test_sparse_predictions_are_written_in_full() -> None:
    assert json.loads(encode_predictions(sparse.csc_matrix([[1, 0], [0, 2]]), wrapped=True)) == {
        "predictions": [[1, 0], [0, 2]]
    }
