"""The body of `/score` to the `inputs` of `/predict`."""

from __future__ import annotations

from typing import Any, Dict, List

from ..protocol.json_text import decode_json
from ..rows.body import PredictBody
from ..rows.errors import BAD_JSON, InputsError, one_line, show
from ..rows.headline import headline
from ..rows.nesting import counted
from ..signature.types import Signature

NO_INPUT_DATA = 'Please provide "input_data"'

_SPLIT_KEYS = frozenset(("columns", "index", "data"))


def decode_score(body: bytes, signature: Signature) -> PredictBody:
    """Decode `{"input_data": …, "params"?: …}`, where both may stand once more within `input_data`.

    Raises InputsError.
    """
    decoded = _decode(body)
    data = decoded["input_data"]
    params = decoded.get("params")
    if isinstance(data, dict) and "input_data" in data:
        params = data.get("params") if params is None else params
        data = data["input_data"]
    if data is None or data in ([], {}):
        raise InputsError(NO_INPUT_DATA, f"input_data is {'null' if data is None else 'empty'}")
    return PredictBody(_from_split(data, signature) if _is_split(data) else data, params)


def _decode(body: bytes) -> Dict[str, Any]:
    try:
        decoded = decode_json(body)
    except RecursionError as error:
        raise InputsError(BAD_JSON, "the body is nested too deeply") from error
    except ValueError as error:
        raise InputsError(BAD_JSON, one_line(str(error))) from error
    if not isinstance(decoded, dict):
        raise InputsError(NO_INPUT_DATA, f'the body is {show(decoded)}, send {{"input_data": …}}')
    if "input_data" not in decoded:
        keys = ", ".join(f"'{key[:40]}'" for key in list(decoded)[:8])
        raise InputsError(NO_INPUT_DATA, f'the body has {keys or "nothing"} and no "input_data"')
    return decoded


def _is_split(data: Any) -> bool:
    """Whether it is a DataFrame as pandas splits it. The index says nothing to a model."""
    return isinstance(data, dict) and "columns" in data and "data" in data and _SPLIT_KEYS.issuperset(data)


def _from_split(split: Dict[str, Any], signature: Signature) -> Any:
    """Rows where positions say all, else records."""
    columns, rows = split["columns"], split["data"]
    sentence = headline(signature)
    if not isinstance(columns, list) or not isinstance(rows, list):
        raise InputsError(sentence, "columns and data of input_data are not both lists")
    if not rows:
        raise InputsError(NO_INPUT_DATA, "the data of input_data is empty")
    names = _names(columns, sentence)
    for number, row in enumerate(rows, 1):
        if not isinstance(row, list):
            raise InputsError(sentence, f"row {number}: {show(row)} is not a list")
        if len(row) != len(names):
            raise InputsError(sentence, f"row {number}: has {counted(len(row))}, there are {len(names)} columns")
    if _say_all(names, columns, signature):
        return rows
    return [dict(zip(names, row)) for row in rows]


def _names(columns: List[Any], sentence: str) -> List[str]:
    names: List[str] = []
    for column in columns:
        if type(column) not in (str, int):
            raise InputsError(sentence, f"columns of input_data has {show(column)}, which is no name")
        names.append(str(column))
    twice = [name for name in names if names.count(name) > 1] if len(set(names)) < len(names) else []
    if twice:
        raise InputsError(sentence, f"columns of input_data has '{twice[0][:80]}' twice")
    return names


def _say_all(names: List[str], columns: List[Any], signature: Signature) -> bool:
    """Whether the names add nothing to the positions."""
    if signature.from_type_hint:
        return False
    if signature.inputs is None:
        # pandas counts the columns of a table without names.
        return columns == list(range(len(columns)))
    return not signature.inputs.has_names or (bool(signature.inputs.columns) and names == signature.inputs.labels)
