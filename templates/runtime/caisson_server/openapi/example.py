"""The input example that was saved with a model; none where its files are absent, broken, huge or hostile."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Mapping, Optional

#: Longer ones help nobody who reads a page.
_MOST_BYTES = 1_000_000
_DEEPEST = 32

_LLM_KEYS = ("messages", "prompt", "input")
_SPLIT_KEYS = frozenset(("columns", "index", "data"))


def saved_example(folder: Path, mlmodel: Mapping[str, Any]) -> Optional[Dict[str, Any]]:
    """A body of `/invocations` as the model's author meant it, or None. Never raises.

    MLflow has written it ready to be sent since 2.14; before, only the bare data.
    """
    info = mlmodel.get("saved_input_example_info")
    if not isinstance(info, dict):
        return None
    body = _read(folder, info.get("serving_input_path"))
    if body is None:
        body = _from_bare(_read(folder, info.get("artifact_path")), info)
    return _checked(body)


def _read(folder: Path, name: Any) -> Any:
    """The JSON of a file in the folder, None when there is none to be had."""
    if not isinstance(name, str):
        return None
    try:
        root = folder.resolve()
        path = (root / name).resolve()
        # Neither another folder's files nor devices, which would never end.
        if root not in path.parents or not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return None
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RuntimeError):
        # RuntimeError: a loop of links, and JSON that is nested too deeply.
        return None
    return value if _is_shallow(value, _DEEPEST) else None


def _from_bare(data: Any, info: Mapping[str, Any]) -> Any:
    """A body around the bare data. With params, older versions had already named both."""
    if data is None:
        return None
    params = {}
    if info.get("params") and isinstance(data, dict):
        params = {"params": data.get("params")}
        data = data.get("inputs")
    kind = info.get("type")
    if kind == "dataframe":
        return {"dataframe_split": data, **params} if isinstance(data, dict) else None
    if kind == "ndarray" and isinstance(data, dict) and list(data) == ["inputs"]:
        data = data["inputs"]
    return {"inputs": data, **params} if kind in ("ndarray", "json_object") else None


def _checked(body: Any) -> Optional[Dict[str, Any]]:
    """The parts of the body that `/invocations` uses, where it is one."""
    if not isinstance(body, dict):
        return None
    if any(key in body for key in _LLM_KEYS):
        return body
    forms = [key for key, is_good in _FORMS.items() if key in body and is_good(body[key])]
    if len(forms) != 1:
        return None
    params = body.get("params")
    return {forms[0]: body[forms[0]], **({"params": params} if isinstance(params, dict) and params else {})}


def _is_split(value: Any) -> bool:
    if not isinstance(value, dict) or not _SPLIT_KEYS.issuperset(value):
        return False
    rows, columns = value.get("data"), value.get("columns")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) for row in rows):
        return False
    if columns is None:
        return True
    return isinstance(columns, list) and all(len(row) == len(columns) for row in rows) and _are_names(columns)


def _are_names(columns: Any) -> bool:
    return all(isinstance(name, (str, int)) for name in columns)


def _are_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _is_something(value: Any) -> bool:
    return value is not None and value not in ([], {})


_FORMS: Mapping[str, Any] = {
    "dataframe_split": _is_split,
    "dataframe_records": _are_records,
    "inputs": _is_something,
    "instances": _is_something,
}


def _is_shallow(value: Any, depth: int) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return True
    return depth > 0 and all(_is_shallow(item, depth - 1) for item in value)
