"""The binary tensor data extension, as Triton's and KServe's clients use it."""

from __future__ import annotations

import json
import struct
from typing import Any, Dict, List, Sequence

import numpy as np
import pytest

from caisson_server.openinference.binary import array_of_bytes
from caisson_server.web.answer import Answer
from support.models import ModelShelf
from support.open_inference import Asker, error_of, outputs_of, seen_by_model

HEADER = b"inference-header-content-length"
ROWS = np.array([[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]])


@pytest.fixture(scope="module")
def asker(shelf: ModelShelf) -> Asker:
    return Asker(shelf)


def elements(*values: bytes) -> bytes:
    return b"".join(struct.pack("<I", len(value)) + value for value in values)


def head(name: str, datatype: str, shape: Sequence[int], size: Any) -> Dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": list(shape), "parameters": {"binary_data_size": size}}


def post(asker: Asker, model: str, heads: List[Any], raw: bytes, **members: Any) -> Answer:
    text = json.dumps({"inputs": heads, **members}).encode()
    return asker.post(model, text + raw, {HEADER: str(len(text)).encode()})


def outputs_with_bytes(answer: Answer) -> Any:
    """The decoded JSON, and the bytes behind it."""
    assert (answer.status, answer.content_type) == (200, "application/octet-stream")
    length = int(dict(answer.headers)[HEADER])
    return json.loads(answer.body[:length])["outputs"], answer.body[length:]


@pytest.mark.parametrize("dtype, datatype", [("float64", "FP64"), ("float32", "FP32"), (">f8", "FP64")])
@pytest.mark.parametrize("model", ["iris_named", "iris_tensor", "iris_unsigned"])
def test_binary_in_json_out(asker: Asker, model: str, dtype: str, datatype: str) -> None:
    raw = ROWS.astype(dtype).astype(np.dtype(dtype).newbyteorder("<")).tobytes()
    answer = post(asker, model, [head("x", datatype, [2, 4], len(raw))], raw)
    assert outputs_of(answer)["output-0"] == {"datatype": "INT64", "shape": [2], "data": [0, 2]}


@pytest.mark.parametrize(
    "members",
    [
        {"parameters": {"binary_data_output": True}},
        {"outputs": [{"name": "output-0", "parameters": {"binary_data": True}}]},
    ],
)
def test_binary_out(asker: Asker, members: Any) -> None:
    raw = ROWS.tobytes()
    outputs, behind = outputs_with_bytes(
        post(asker, "iris_named", [head("x", "FP64", [2, 4], len(raw))], raw, **members)
    )
    assert outputs == [{"name": "output-0", "datatype": "INT64", "shape": [2], "parameters": {"binary_data_size": 16}}]
    assert np.frombuffer(behind, "<i8").tolist() == [0, 2]


def test_an_output_may_differ_from_the_request(asker: Asker) -> None:
    members = {
        "parameters": {"binary_data_output": True, "kind": "frame"},
        "outputs": [{"name": "c"}, {"name": "b"}, {"name": "a", "parameters": {"binary_data": False}}],
    }
    inputs = [{"name": "x", "datatype": "INT64", "shape": [1], "data": [1]}]
    (c, b, a), behind = outputs_with_bytes(asker.infer("returns", inputs, **members))
    assert (a["data"], "data" in b, "data" in c) == ([1, 2], False, False)
    assert (c["parameters"], b["parameters"]) == ({"binary_data_size": 16}, {"binary_data_size": 9})
    assert np.frombuffer(behind[:16], "<f8").tolist() == [0.5, 1.5]
    assert behind[16:] == elements(b"x", b"")


def test_empty_outputs_are_binary_too(asker: Asker) -> None:
    inputs = [{"name": "x", "datatype": "INT64", "shape": [1], "data": [1]}]
    parameters = {"binary_data_output": True, "kind": "empty_array"}
    outputs, behind = outputs_with_bytes(asker.infer("returns", inputs, parameters=parameters))
    assert (outputs[0]["parameters"], behind) == ({"binary_data_size": 0}, b"")


@pytest.mark.parametrize(
    "dtype, datatype, values",
    [
        ("bool", "BOOL", [True, False]),
        ("uint8", "UINT8", [1, 255]),
        ("uint64", "UINT64", [1, 2**64 - 1]),
        ("int16", "INT16", [-1, 2]),
        ("float16", "FP16", [0.5, 1.5]),
    ],
)
def test_every_size_of_number(asker: Asker, dtype: str, datatype: str, values: Any) -> None:
    raw = np.array(values, dtype).tobytes()
    found = seen_by_model(post(asker, "describe", [head("x", datatype, [2], len(raw))], raw))
    assert found == [dtype, [2], repr(values)]


def test_bytes_are_text_where_they_can_be(asker: Asker) -> None:
    raw = elements("é".encode(), b"bc")
    assert seen_by_model(post(asker, "describe", [head("x", "BYTES", [2], len(raw))], raw))[0] == "<U2"
    raw = elements(b"\xff", b"bc")
    assert seen_by_model(post(asker, "describe", [head("x", "BYTES", [2], len(raw))], raw))[2] == "[b'\\xff', b'bc']"
    text = elements("é".encode())
    column = seen_by_model(post(asker, "describe_one_text", [head("text", "BYTES", [1], len(text))], text))
    assert column["text"][1] == "'é'"
    tensor = seen_by_model(post(asker, "describe_text_tensor", [head("x", "BYTES", [1], len(text))], text))
    assert tensor == ["<U1", [1], "['é']"]


def test_binary_columns_get_the_bytes_themselves(asker: Asker) -> None:
    parts = {
        "flag": ("BOOL", b"\x01"),
        "small": ("INT32", struct.pack("<i", 1)),
        "big": ("INT64", struct.pack("<q", 2)),
        "single": ("FP32", struct.pack("<f", 0.5)),
        "real": ("FP64", struct.pack("<d", 1.5)),
        "text": ("BYTES", elements("é".encode())),
        "blob": ("BYTES", elements(b"\xff\x00")),
        "when": ("BYTES", elements(b"2020-01-02")),
    }
    heads = [head(name, datatype, [1], len(raw)) for name, (datatype, raw) in parts.items()]
    columns = seen_by_model(post(asker, "describe_all_types", heads, b"".join(raw for _, raw in parts.values())))
    assert {name: column[1] for name, column in columns.items()} == {
        "flag": "True",
        "small": "1",
        "big": "2",
        "single": "0.5",
        "real": "1.5",
        "text": "'é'",
        "blob": "b'\\xff\\x00'",
        "when": "Timestamp('2020-01-02 00:00:00')",
    }


def test_text_that_is_none_is_refused(asker: Asker) -> None:
    raw = elements(b"a", b"\xff")
    answer = post(asker, "describe_one_text", [head("text", "BYTES", [2], len(raw))], raw)
    assert error_of(answer) == "input 'text', element 2: is not UTF-8 text"


@pytest.mark.parametrize("length", [b"", b"x", b"-1", b"1.0", b"999999", b"9" * 30, "²".encode("latin-1")])
def test_headers_that_cannot_be_true(asker: Asker, length: bytes) -> None:
    error = error_of(asker.post("iris_named", b'{"inputs": []}', {HEADER: length}))
    assert error == f"Inference-Header-Content-Length is '{length.decode('latin-1')}', the body has 14 bytes"


def test_a_header_that_cuts_the_json(asker: Asker) -> None:
    assert error_of(asker.post("iris_named", b'{"inputs": []}', {HEADER: b"5"})) == "the body is not JSON"
    assert error_of(asker.post("iris_named", b'{"inputs": []}', {HEADER: b"0"})) == "the body is not JSON"


@pytest.mark.parametrize(
    "sent, raw, reason",
    [
        (("FP64", [2], 16), b"\0" * 8, "input 'x': binary_data_size is 16, the body has 8 bytes left behind the JSON"),
        (("FP64", [2], -1), b"\0" * 16, "input 'x': binary_data_size is -1, not a number of bytes"),
        (("FP64", [2], "16"), b"\0" * 16, "input 'x': binary_data_size is '16', not a number of bytes"),
        (("FP64", [2], True), b"\0" * 16, "input 'x': binary_data_size is True, not a number of bytes"),
        (("FP64", [2], 8), b"\0" * 8, "input 'x': has 8 bytes, 2 of FP64 are 16"),
        (("FP64", [2**40, 2**40], 8), b"\0" * 8, f"input 'x': has 8 bytes, {2**80} of FP64 are {2**83}"),
        (("BOOL", [2], 2), b"\0\2", "input 'x': has a byte that is neither 0 nor 1"),
        (("BYTES", [1], 3), b"\0\0\0", "input 'x': ends within the length of an element"),
        (("BYTES", [1], 5), b"\5\0\0\0a", "input 'x': ends within element 1"),
        (("BYTES", [1], 4), b"\xff\xff\xff\xff", "input 'x': ends within element 1"),
        (("BYTES", [2], 5), b"\1\0\0\0a", "input 'x': has 1 elements, its shape takes 2"),
        (("FP64", [1], 8), b"\0" * 9, "the body has 1 bytes behind the JSON that no input has in its binary_data_size"),
    ],
)
@pytest.mark.parametrize("model", ["iris_tensor", "describe"])
def test_bytes_that_contradict_the_json(asker: Asker, model: str, sent: Any, raw: bytes, reason: str) -> None:
    assert error_of(post(asker, model, [head("x", *sent)], raw)) == reason


def test_a_model_may_write_into_its_input() -> None:
    raw = np.array([1.5]).tobytes()
    array = array_of_bytes(raw, "FP64", 1)
    array[0] = 2
    assert raw == np.array([1.5]).tobytes()
