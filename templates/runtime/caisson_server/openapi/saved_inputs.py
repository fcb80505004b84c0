"""A saved body of `/invocations`, made shorter, and as the `inputs` of `/predict`."""

from __future__ import annotations

from typing import Any, Dict, Mapping

from ..signature.types import DataType, Signature

_ROWS_SHOWN = 2
_FORMS = ("inputs", "instances", "dataframe_records")


def shortened(body: Mapping[str, Any], signature: Signature) -> Dict[str, Any]:
    """The body with its first rows alone, where what it holds are rows for certain."""
    if not _has_free_rows(signature):
        return dict(body)
    short = dict(body)
    for form in _FORMS:
        if form in body:
            short[form] = _first_rows(body[form], signature)
    split = body.get("dataframe_split")
    if isinstance(split, dict):
        rows = {key: split[key][:_ROWS_SHOWN] for key in ("index", "data") if isinstance(split.get(key), list)}
        short["dataframe_split"] = {**split, **rows}
    return short


def inputs_of(body: Mapping[str, Any], signature: Signature) -> Any:
    """The same data for `/predict`; None where it has no words for them."""
    for form in _FORMS:
        if form in body:
            return body[form]
    schema = signature.inputs
    if "dataframe_split" in body:
        return _from_split(body["dataframe_split"], signature)
    # The form for language models: all keys but the parameters are one row.
    if schema is None or not schema.columns or not schema.has_names:
        return None
    return [{key: value for key, value in body.items() if key not in signature.parameters}]


def _from_split(split: Mapping[str, Any], signature: Signature) -> Any:
    """Rows where positions say all, else records."""
    columns, rows = split.get("columns"), split["data"]
    schema = signature.inputs
    is_unnamed = columns is None or all(isinstance(name, int) for name in columns)
    if is_unnamed or (schema is not None and (not schema.has_names or columns == schema.labels)):
        return rows
    return [dict(zip(map(str, columns or ()), row)) for row in rows]


def _has_free_rows(signature: Signature) -> bool:
    """Whether the model takes any number of rows."""
    tensors = () if signature.inputs is None else signature.inputs.tensors
    return not signature.from_type_hint and all(spec.shape[:1] == (-1,) for spec in tensors)


def _first_rows(value: Any, signature: Signature) -> Any:
    if isinstance(value, list) and value and all(isinstance(row, (list, dict)) for row in value):
        return value[:_ROWS_SHOWN]
    columns = () if signature.inputs is None else signature.inputs.columns
    if not isinstance(value, dict) or not columns or not all(isinstance(spec.type, DataType) for spec in columns):
        return value
    if not all(isinstance(cells, list) for cells in value.values()):
        return value
    return {name: cells[:_ROWS_SHOWN] for name, cells in value.items()}
