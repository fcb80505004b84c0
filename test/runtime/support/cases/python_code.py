"""Parameters, kinds of predictions, type hints and exceptions of models of Python code."""

from __future__ import annotations

from .case import of_json, split

PARAMS_CASES = [
    of_json("params, all", {"inputs": ["a"], "params": {"temperature": 0.1, "top": 5, "stop": "y", "stream": True}}),
    of_json("params, integer for a double", {"inputs": ["a"], "params": {"temperature": 1}}),
    of_json("params, text for a double", {"inputs": ["a"], "params": {"temperature": "x"}}),
    of_json("params, double for a long", {"inputs": ["a"], "params": {"top": 1.5}}),
    of_json("params, list for a scalar", {"inputs": ["a"], "params": {"top": [1]}}),
    of_json("params, null", {"inputs": ["a"], "params": {"top": None}}),
    of_json("params, unknown", {"inputs": ["a"], "params": {"nobody": 1}}),
    of_json("params, two wrong", {"inputs": ["a"], "params": {"top": "x"}}),
    of_json("params, a text", {"inputs": ["a"], "params": "x"}),
    of_json("params with split", {**split([["a"]], ["text"]), "params": {"top": 7}}),
    of_json("llm with params", {"prompt": "hi", "temperature": 0.9, "top": 2, "other": 1}),
    of_json("messages with params", {"messages": [{"role": "user", "content": "x"}], "stream": True}),
]

_KINDS = [
    "frame",
    "frame_with_nan",
    "frame_with_dates",
    "frame_with_numbered_columns",
    "frame_with_gap_in_dates",
    "series",
    "named_series",
    "array",
    "array_with_nan",
    "array_of_text",
    "array_of_bytes",
    "array_of_objects",
    "array_of_dates",
    "array_of_nanoseconds",
    "array_of_booleans",
    "array_of_singles",
    "array_without_shape",
    "empty_array",
    "empty_frame",
    "list",
    "list_of_arrays",
    "list_of_scalars",
    "list_with_nan",
    "dict",
    "dict_of_arrays",
    "text",
    "bytes",
    "number",
    "none",
    "date",
    "pydantic",
    "tuple",
    "set",
    "complex",
    "huge",
]
RETURN_CASES = [of_json(f"returns {kind}", {"inputs": [1], "params": {"kind": kind}}) for kind in _KINDS] + [
    of_json(f"llm form returns {kind}", {"prompt": "x", "kind": kind}) for kind in _KINDS
]

TYPE_HINT_CASES = [
    of_json("questions", {"inputs": [{"text": "a"}, {"text": "b", "limit": 5}]}),
    of_json("wrong type", {"inputs": [{"text": 5}]}),
    of_json("missing field", {"inputs": [{}]}),
    of_json("not a list", {"inputs": {"text": "a"}}),
    of_json("instances", {"instances": [{"text": "a"}]}),
    of_json("no inputs", {"params": {}}),
]

RAISING = [
    of_json(f"raises {how}", split([[how]], ["how"]))
    for how in [
        "value",
        "runtime",
        "invalid",
        "denied",
        "internal",
    ]
]
