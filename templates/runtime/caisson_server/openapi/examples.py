"""One body for each protocol: the example that was saved with the model, or what the signature suggests."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional

from ..rows.errors import LayoutError
from ..rows.layout import by_column
from ..signature.types import Schema
from .description import Description
from .infer_example import infer_inputs
from .inputs import takes_csv
from .sample import sample_inputs, sample_params
from .saved_inputs import inputs_of, shortened


@dataclass(frozen=True)
class Examples:
    """Bodies that work; None and {} where nothing is known."""

    predict: Optional[Dict[str, Any]] = None
    score: Optional[Dict[str, Any]] = None
    infer: Optional[Dict[str, Any]] = None
    csv: Optional[str] = None
    #: By the name of the form, the best one first.
    invocations: Mapping[str, Dict[str, Any]] = field(default_factory=dict)


def examples_of(description: Description) -> Examples:
    """All bodies for this model."""
    signature = description.signature
    saved = None if description.example is None else shortened(description.example, signature)
    inputs = None if saved is None else inputs_of(saved, signature)
    if inputs is None:
        inputs = sample_inputs(signature)
    given = (saved or {}).get("params") or sample_params(signature)
    params = {"params": given} if given else {}
    schema = signature.inputs
    rows = _rows(inputs, schema) if schema is not None and not signature.from_type_hint else None
    invocations = {} if saved is None else {_form(saved): saved}
    for form, body in _forms(inputs, rows, schema).items():
        invocations.setdefault(form, {form: body, **params})
    if inputs is None:
        return Examples(invocations=invocations)
    tensors = infer_inputs(inputs, rows, signature)
    parameters = {"parameters": given} if given and all(map(_is_scalar, given.values())) else {}
    return Examples(
        predict={"inputs": inputs, **params},
        score={"input_data": _input_data(inputs, rows, schema), **params},
        infer=None if tensors is None else {"inputs": tensors, **parameters},
        csv=_csv(rows, schema) if rows and schema is not None and takes_csv(signature) else None,
        invocations=invocations,
    )


def _rows(inputs: Any, schema: Schema) -> Optional[List[List[Any]]]:
    """Rows of a model's columns in the order of its signature; None for tensors, and for inputs that are no table."""
    if not schema.columns or inputs is None:
        return None
    try:
        columns = by_column(inputs, schema)
    except LayoutError:
        return None
    count = max(map(len, columns.values()), default=0)
    gaps = [None] * count
    return [list(row) for row in zip(*(columns.get(position, gaps) for position in range(len(schema.columns))))]


def _form(body: Mapping[str, Any]) -> str:
    """The name of a saved body: its form, or its first key in the form for language models."""
    return next(iter(body), "")


def _forms(inputs: Any, rows: Optional[List[List[Any]]], schema: Optional[Schema]) -> Dict[str, Any]:
    """The value of each form of `/invocations` that can say the inputs."""
    if inputs is None:
        return {}
    if rows is None or schema is None:
        # Tensors, whatever a type hint takes, and the inputs of a model without a signature.
        return {"inputs": inputs}
    if not schema.has_names:
        # Rows of different types are one array there, in which not every value fits its column any more.
        is_uniform = len({spec.type for spec in schema.columns}) == 1
        return {"dataframe_split": {"data": rows}, **({"inputs": rows} if is_uniform else {})}
    names = [str(label) for label in schema.labels]
    return {
        "dataframe_split": {"columns": names, "data": rows},
        "dataframe_records": [dict(zip(names, row)) for row in rows],
    }


def _input_data(inputs: Any, rows: Optional[List[List[Any]]], schema: Optional[Schema]) -> Any:
    if rows is None or schema is None or not schema.has_names:
        return inputs
    return {"columns": schema.labels, "index": list(range(len(rows))), "data": rows}


def _csv(rows: List[List[Any]], schema: Schema) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(schema.labels)
    writer.writerows(rows)
    return text.getvalue()


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (str, int, float))
