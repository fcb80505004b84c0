"""Inputs of `/predict` arrive as the signature says, or are refused with their place."""

from __future__ import annotations

import base64
from typing import Any, List

import pytest

from support.predicting import (
    NOT_FITTING,
    NOT_NUMERICAL,
    Servers,
    described,
    predict,
    refusal,
)


def test_text_columns(servers: Servers) -> None:
    client = servers("text_features")
    assert predict(client, [["Rome", "s"], ["Oslo", "m"]]).json() == {"predictions": [0, 1]}
    assert refusal(predict(client, [["Rome", "s"], ["Oslo", 5]])) == (
        NOT_FITTING,
        "row 2, column 2 (size): 5 is not text",
    )


ALL = [True, 1, 2**40, 0.5, 1.5, "é", base64.b64encode(b"hi").decode(), "2020-01-02T03:04:05"]


def test_every_type_arrives_as_its_column_says(servers: Servers) -> None:
    columns = described(servers, "describe_all_types", [ALL])
    assert {name: column[0] for name, column in columns.items()} == {
        "flag": "bool",
        "small": "int32",
        "big": "int64",
        "single": "float32",
        "real": "float64",
        "text": columns["text"][0],
        "blob": "object",
        "when": "datetime64[ns]",
    }
    assert columns["text"] == [columns["text"][0], "'é'"]
    assert columns["blob"][1] == "b'hi'"
    assert columns["when"][1] == "Timestamp('2020-01-02 03:04:05')"


def test_optional_columns_may_be_left_out_or_null(servers: Servers) -> None:
    columns = described(servers, "describe_all_types", [[*ALL, 2.5, None], [*ALL, None, "n"]])
    assert columns["extra"] == ["float64", "2.5", "nan"]
    assert [columns["note"][1] in {"None", "nan"}, columns["note"][2]] == [True, "'n'"]
    assert "note" not in described(servers, "describe_all_types", [[*ALL, 2.5, None]])


def test_dates_with_a_zone_become_utc(servers: Servers) -> None:
    row = [*ALL[:7], "2020-01-02T03:04:05+02:00"]
    assert described(servers, "describe_all_types", [row])["when"][1] == "Timestamp('2020-01-02 01:04:05')"


@pytest.mark.parametrize(
    "position, value, reason",
    [
        (0, "yes", "column 1 (flag): 'yes' is not true or false"),
        (0, 2, "column 1 (flag): 2 is not true or false"),
        (1, 1.5, "column 2 (small): 1.5 is not a whole number"),
        (1, 2**40, "column 2 (small): 1099511627776 does not fit into int32"),
        (1, None, "column 2 (small): null is not a whole number"),
        (2, 2**70, "column 3 (big): 1180591620717411303424 does not fit into int64"),
        (3, 1e300, "column 4 (single): 1e+300 is too large for float32"),
        (4, [1], "column 5 (real): a list is not a number"),
        (5, None, "column 6 (text): null is not text"),
        (6, "***", "column 7 (blob): '***' is not base64 text"),
        (6, 5, "column 7 (blob): 5 is not base64 text"),
        (7, "yesterday-ish", "column 8 (when): 'yesterday-ish' is not a date and time"),
        (7, 5, "column 8 (when): 5 is not a date and time"),
    ],
)
def test_every_type_refuses_other_values(servers: Servers, position: int, value: Any, reason: str) -> None:
    wrong = [*ALL]
    wrong[position] = value
    assert refusal(predict(servers("describe_all_types"), [ALL, wrong])) == (NOT_FITTING, f"row 2, {reason}")


def test_nested_columns(servers: Servers) -> None:
    row = {"numbers": [1, 2.5], "thing": {"a": 1}, "labels": {"k": "v"}}
    columns = described(servers, "describe_nested", [row, list(row.values())][:1])
    assert columns["numbers"][1] == "[1.0, 2.5]"
    positional = described(servers, "describe_nested", [list(row.values())])
    assert positional["thing"] == columns["thing"]
    error, detail = refusal(predict(servers("describe_nested"), [{**row, "thing": {"b": "x"}}]))
    assert (error, detail) == (NOT_FITTING, "row 1, column 2 (thing): 'a' is missing")


@pytest.mark.parametrize(
    "change, reason",
    [
        ({"numbers": [1, "x"]}, "column 1 (numbers): item 2: 'x' is not a number"),
        ({"numbers": 1}, "column 1 (numbers): 1 is not a list"),
        ({"thing": {"a": 1, "zz": 1}}, "column 2 (thing): 'zz' is not known"),
        ({"thing": {"a": "x"}}, "column 2 (thing): 'a': 'x' is not a whole number"),
        ({"thing": 3}, "column 2 (thing): 3 is not an object"),
        ({"labels": {"k": 1}}, "column 3 (labels): 'k': 1 is not text"),
        ({"labels": []}, "column 3 (labels): a list is not an object"),
        ({"matrix": [[1], [2, 0.5]]}, "column 4 (matrix): item 2: item 2: 0.5 is not a whole number"),
    ],
)
def test_nested_columns_refuse_other_values(servers: Servers, change: Any, reason: str) -> None:
    row = {"numbers": [1, 2.5], "thing": {"a": 1}, "labels": {"k": "v"}}
    assert refusal(predict(servers("describe_nested"), [row, {**row, **change}])) == (NOT_FITTING, f"row 2, {reason}")


def test_named_tensors(servers: Servers) -> None:
    image = [[1, 2], [3, 4]]
    by_name = described(servers, "describe_tensors", {"image": [image, image], "id": [7, 8]})
    assert by_name["image"][:2] == ["float32", [2, 2, 2]]
    assert by_name["id"][:2] == ["int64", [2]]
    assert described(servers, "describe_tensors", [{"image": image, "id": 7}, {"image": image, "id": 8}]) == by_name
    assert refusal(predict(servers("describe_tensors"), {"image": [image]})) == (NOT_NUMERICAL, "input 'id' is missing")
    assert refusal(predict(servers("describe_tensors"), {"image": [[[1, 2], [3, "x"]]], "id": [1]})) == (
        NOT_NUMERICAL,
        "input 'image', row 1, position [2, 2]: 'x' is not a number",
    )


def test_tensors_of_rank_four(servers: Servers) -> None:
    image = [[[1], [2]], [[3], [4]]]
    assert described(servers, "describe_images", [image, image])[:2] == ["uint8", [2, 2, 2, 1]]
    assert described(servers, "describe_images", image)[:2] == ["uint8", [1, 2, 2, 1]]
    error, detail = refusal(predict(servers("describe_images"), [[[[1], [2]], [[3], [400]]]]))
    assert (error, detail) == (NOT_NUMERICAL, "row 1, position [2, 2, 1]: 400 does not fit into uint8")


def test_models_of_one_column_take_bare_values(servers: Servers) -> None:
    texts = ["a", "b"]
    shapes: List[Any] = [texts, [["a"], ["b"]], [{"text": "a"}, {"text": "b"}], {"text": texts}]
    for inputs in shapes:
        assert described(servers, "describe_one_text", inputs)["text"][1:] == ["'a'", "'b'"]
    assert described(servers, "describe_one_text", "a")["text"][1:] == ["'a'"]
    shapes = [[[1.5, 2], [3]], [[[1.5, 2]], [[3]]], [{"v": [1.5, 2]}, {"v": [3]}]]
    for inputs in shapes:
        assert described(servers, "describe_one_array", inputs)["v"] == ["object", "[1.5, 2.0]", "[3.0]"]


def test_unnamed_columns(servers: Servers) -> None:
    assert described(servers, "describe_unnamed", [[1, 2]]) == {"0": ["float64", "1.0"], "1": ["int64", "2"]}
    assert refusal(predict(servers("describe_unnamed"), [[1, 2.5]])) == (
        NOT_NUMERICAL,
        "row 1, column 2: 2.5 is not a whole number",
    )


def test_without_a_signature_arrays_pass_through(servers: Servers) -> None:
    assert described(servers, "describe", [[1, 2], [3, 4]]) == ["int64", [2, 2], "[[1, 2], [3, 4]]"]
    assert described(servers, "describe", [1.5, 2]) == ["float64", [2], "[1.5, 2.0]"]
    assert described(servers, "describe", [["a", 1]]) == ["object", [1, 2], "[['a', 1]]"]
    assert described(servers, "describe", [{"a": 1}])["a"][1:] == ["1"]
    assert described(servers, "describe", {"a": [[1], [2]]})["a"][:2] == ["int64", [2, 1]]


def test_type_hints_get_what_came(servers: Servers) -> None:
    assert predict(servers("type_hints"), [{"text": "a", "limit": 2}]).json() == {"predictions": ["a/2"]}
    assert refusal(predict(servers("type_hints"), [{"limit": 2}]))[0] == NOT_FITTING
