"""Arrays by name and without, and models of one column."""

from __future__ import annotations

from typing import List

from .case import Case, of_json, split


def tensor_cases() -> List[Case]:
    image = [[1, 2], [3, 4]]
    return [
        of_json("by name", {"inputs": {"image": [image], "id": [7]}}),
        of_json("by name, floats", {"inputs": {"image": [[[0.5, 1], [2, 3]]], "id": [7.9]}}),
        of_json("by name, text", {"inputs": {"image": [[["x", 1], [2, 3]]], "id": [7]}}),
        of_json("by name, ragged", {"inputs": {"image": [[[1], [2, 3]]], "id": [7]}}),
        of_json("by name, wrong shape", {"inputs": {"image": [[1, 2]], "id": [7]}}),
        of_json("by name, one missing", {"inputs": {"image": [image]}}),
        of_json("by name, one too many", {"inputs": {"image": [image], "id": [7], "zz": [1]}}),
        of_json("records", {"inputs": [{"image": image, "id": 7}]}),
        of_json("instances", {"instances": [{"image": image, "id": 7}, {"image": image, "id": 8}]}),
        of_json("instances, uneven", {"instances": [{"image": image, "id": 7}, {"image": image}]}),
        of_json("split", split([[[1, 2, 3, 4], 7]], ["image", "id"])),
        of_json("split, wrong size", split([[[1, 2, 3], 7]], ["image", "id"])),
        of_json("split, nested", split([[image, 7]], ["image", "id"])),
        of_json("split, text", split([[[1, 2, 3, 4], "x"]], ["image", "id"])),
        of_json("dataframe_records", {"dataframe_records": [{"image": [1, 2, 3, 4], "id": 7}]}),
        of_json("rank 4", {"inputs": [[[[1], [2]], [[3], [4]]]]}),
        of_json("rank 4, too large", {"inputs": [[[[1], [2]], [[3], [400]]]]}),
        of_json("rank 4, negative", {"inputs": [[[[1], [2]], [[3], [-4]]]]}),
        of_json("one tensor by name", {"inputs": {"x": [[1, 2, 3]]}}),
        of_json("one tensor as a list", {"inputs": [[1, 2, 3]]}),
        of_json("one tensor as a row", {"inputs": [1, 2, 3]}),
        of_json("one tensor, instances", {"instances": [{"x": [1, 2, 3]}]}),
        of_json("one tensor, instances of rows", {"instances": [[1, 2, 3]]}),
        of_json("texts", {"inputs": ["a", "b"]}),
        of_json("a frame of one column", split([["a"], ["b"]], ["t"])),
        of_json("a frame of three columns", split([[1.0, 2.0, 3.0]], ["a", "b", "c"])),
    ]


ONE_COLUMN_CASES = [
    of_json("a text", {"inputs": "abc"}),
    of_json("texts", {"inputs": ["a", "b"]}),
    of_json("rows of one text", {"inputs": [["a"], ["b"]]}),
    of_json("records of text", {"inputs": [{"text": "a"}]}),
    of_json("by column", {"inputs": {"text": ["a", "b"]}}),
    of_json("by column, one text", {"inputs": {"text": "a"}}),
    of_json("instances of texts", {"instances": ["a", "b"]}),
    of_json("instances of records", {"instances": [{"text": "a"}, {"text": "b"}]}),
    of_json("split of text", split([["a"]], ["text"])),
    of_json("split without a name", split([["a"]])),
    of_json("arrays", {"inputs": [[1.5, 2.5], [3.5]]}),
    of_json("one array", {"inputs": [1.5, 2.5]}),
    of_json("records of arrays", {"inputs": [{"v": [1.5]}, {"v": [2.5, 3.5]}]}),
    of_json("arrays by column", {"inputs": {"v": [1.5, 2.5]}}),
    of_json("two columns", {"inputs": [[1.5, 2]]}),
    of_json("split of two", split([[1.5, 2]])),
    of_json("split of two with names", split([[1.5, 2]], ["a", "b"])),
    of_json("split of three", split([[1.5, 2, 3]])),
    of_json("records of two", {"dataframe_records": [{"a": 1.5, "b": 2}]}),
]
