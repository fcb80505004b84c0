"""What the page tells of the model: facts, and tables of inputs, parameters and outputs. All of it is HTML."""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple

from ..signature.types import InputSpec, Schema, Signature, TensorSpec
from .description import Description
from .html import code, json_text, table, text

#: Of a longer table.
_ROWS_SHOWN = 500


def facts(description: Description) -> str:
    """The list at the top."""
    known: Sequence[Tuple[str, str]] = (
        ("Model", description.model_uri),
        ("Version", description.identity.version or ""),
        ("Loaded by", description.loader),
        ("MLflow", description.mlflow_version),
        ("caisson", description.caisson_version),
        ("API key", "needed" if description.needs_api_key else "not needed"),
    )
    items = "".join(f"<div><dt>{name}</dt><dd>{_isolated(value)}</dd></div>" for name, value in known if value)
    return f"<dl>{items}</dl>"


def inputs(signature: Signature) -> str:
    """The inputs, with types and whether they are required."""
    if signature.inputs is None:
        return "<p>The model has no signature: what it takes is known to its author alone.</p>"
    note = "<p class='hint'>The model checks its input by a Python type hint.</p>" if signature.from_type_hint else ""
    return note + _specs(signature.inputs, is_input=True)


def parameters(signature: Signature) -> str:
    """The parameters, with types and defaults; nothing where there are none."""
    if not signature.params:
        return ""
    rows = [
        (code(spec.name), code(repr(spec.type) + ("" if spec.shape is None else "[]")), code(json_text(spec.default)))
        for spec in signature.params[:_ROWS_SHOWN]
    ]
    title = '<h2 id="parameters">Parameters</h2>'
    hint = '<p class="hint">In <code>params</code> of a request. All may be left out.</p>'
    return title + hint + table("", ("Name", "Type", "Default"), rows)


def outputs(schema: Optional[Schema]) -> str:
    """What the signature says of predictions; nothing where it says nothing."""
    return "" if schema is None else f'<h2 id="outputs">Outputs</h2>{_specs(schema, is_input=False)}'


def _specs(schema: Schema, *, is_input: bool) -> str:
    shown = schema.inputs[:_ROWS_SHOWN]
    heads = ["Name" if schema.has_names else "Position", "Type"]
    heads += ["Shape"] if schema.tensors else []
    heads += ["Required"] if is_input else []
    rows = [_row(index, spec, is_input=is_input) for index, spec in enumerate(shown, 1)]
    left_out = len(schema.inputs) - len(shown)
    more = (
        f'<p class="hint">… and {left_out} more, all in <a href="openapi.json">openapi.json</a></p>' if left_out else ""
    )
    return table("", heads, rows) + more


def _row(index: int, spec: InputSpec, *, is_input: bool) -> List[str]:
    cells = [str(index) if spec.name is None else code(spec.name)]
    if isinstance(spec, TensorSpec):
        shape = ", ".join("any" if size == -1 else str(size) for size in spec.shape)
        cells += [code(spec.dtype), code(f"({shape})")]
    else:
        cells.append(code(repr(spec.type)))
    return cells + (["yes" if spec.required else "no"] if is_input else [])


def _isolated(value: str) -> str:
    return f"<bdi>{text(value)}</bdi>"
