"""Text and values into HTML. Everything that comes from the model goes through here."""

from __future__ import annotations

import html
import json
import math
import unicodedata
from typing import Any, Iterable, Sequence

#: Control characters, marks that turn the direction of text, halves of characters: a reader must see them.
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_LINE = 76
_INDENT = "  "


def text(value: Any) -> str:
    """Any text, harmless between tags and in quoted attributes. Characters that nobody sees are spelled out."""
    return html.escape("".join(map(_visible, str(value))), quote=True)


def code(value: Any) -> str:
    """Text as code, isolated from the direction of what is around it."""
    return f'<code dir="auto"><bdi>{text(value)}</bdi></code>'


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells are HTML already; the first cell of each row is its head."""
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>' for row in rows
    )
    title = f"<caption>{text(caption)}</caption>" if caption else ""
    inner = f"{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="scroll" tabindex="0"><table>{inner}</table></div>'


def json_text(value: Any) -> str:
    """Valid JSON, short lists on one line, for people to read and change. Not yet escaped."""
    return "".join(_visible(character) if character != "\n" else "\n" for character in _pretty(value, ""))


def _pretty(value: Any, indent: str) -> str:
    line = _compact(value)
    if len(indent) + len(line) <= _LINE or not isinstance(value, (list, dict)) or not value:
        return line
    deeper = indent + _INDENT
    if isinstance(value, dict):
        items = [f"{json.dumps(str(key), ensure_ascii=False)}: {_pretty(item, deeper)}" for key, item in value.items()]
    else:
        items = [_pretty(item, deeper) for item in value]
    begin, end = "{}" if isinstance(value, dict) else "[]"
    inner = f",\n{deeper}".join(items)
    return f"{begin}\n{deeper}{inner}\n{indent}{end}"


def _compact(value: Any) -> str:
    return json.dumps(_finite(value), ensure_ascii=False)


def _finite(value: Any) -> Any:
    """With null for numbers that JSON does not have."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list) else value


def _visible(character: str) -> str:
    """The character, or JSON's way of writing it (a backslash, u and four digits) where nobody would see it."""
    if unicodedata.category(character) not in _HIDDEN:
        return character
    return json.dumps(character)[1:-1]
