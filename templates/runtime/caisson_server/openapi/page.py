"""The page of `/docs`: one HTML text that asks nobody for anything but the server it came from."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any, Optional

from .description import Description
from .document import document
from .examples import examples_of
from .facts import facts, inputs, outputs, parameters
from .html import code, json_text, table, text

_HERE = Path(__file__).resolve().parent
_STYLE = (_HERE / "page.css").read_text(encoding="utf-8")
_SCRIPT = (_HERE / "page.js").read_text(encoding="utf-8")
_METHODS = ("get", "post")


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")


#: What the page may do: run its own script, have its own style, ask its own server.
CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; script-src '{_hash(_SCRIPT)}'; style-src '{_hash(_STYLE)}';"
    " connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page_of(description: Description) -> str:
    """The page for this server. What comes from the model is quoted in html.py."""
    name = text(description.identity.name)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{name}</title><link rel="icon" href="data:,"><style>{_STYLE}</style></head><body>'
        f"<header><h1><bdi>{name}</bdi></h1>{_links(description)}{facts(description)}</header><main>"
        f'<h2 id="try">Try it</h2>{_key_field(description)}{_panels(description)}'
        f'<h2 id="inputs">Inputs</h2>{inputs(description.signature)}'
        f"{parameters(description.signature)}{outputs(description.outputs)}"
        f'<h2 id="routes">Routes</h2>{_routes(description)}'
        f"</main><script>{_SCRIPT}</script></body></html>"
    )


def _links(description: Description) -> str:
    anchors = [("#try", "Try it"), ("#inputs", "Inputs")]
    anchors += [("#parameters", "Parameters")] if description.signature.params else []
    anchors += [("#outputs", "Outputs")] if description.outputs is not None else []
    anchors += [("#routes", "Routes"), ("openapi.json", "openapi.json")]
    return "<nav>" + "".join(f'<a href="{target}">{label}</a>' for target, label in anchors) + "</nav>"


def _key_field(description: Description) -> str:
    if not description.needs_api_key:
        return ""
    return (
        '<label for="key">API key</label><input id="key" type="password" autocomplete="off" spellcheck="false">'
        '<p class="hint">Stays in this page, and goes with each request as <code>Authorization: Bearer …</code></p>'
    )


def _panels(description: Description) -> str:
    examples = examples_of(description)
    about = "a handler of this server takes the inputs" if description.has_handler else "rows by position or by name"
    first = next(iter(examples.invocations.values()), None)
    panels = _panel("predict", about, examples.predict) + _panel("invocations", "MLflow's scoring protocol", first)
    return f'<div class="panels">{panels}</div>'


def _panel(path: str, about: str, body: Optional[Any]) -> str:
    hint = "" if body is not None else '<p class="hint">No example is known: put your own inputs in.</p>'
    prefilled = text_area(json_text({"inputs": []} if body is None else body))
    lines = min(24, max(8, prefilled.count("\n") + 2))
    return (
        f'<form class="panel" data-path="{path}"><h3>POST /{path}</h3><p class="hint">{text(about)}</p>{hint}'
        f'<label for="{path}-body">Body</label>'
        f'<textarea id="{path}-body" name="body" rows="{lines}" spellcheck="false" autocapitalize="off"'
        f' autocomplete="off" dir="ltr">{prefilled}</textarea>'
        '<div class="buttons"><button type="submit">Send</button><button type="reset">Reset</button></div>'
        '<p class="status" role="status" aria-live="polite"></p><pre class="answer" tabindex="0" hidden></pre>'
        '<details><summary>As a command</summary><pre class="curl" tabindex="0"></pre>'
        '<div class="buttons"><button type="button" class="copy">Copy</button></div></details></form>'
    )


def text_area(content: str) -> str:
    """The content of a text area, line ends kept."""
    return "\n".join(map(text, content.split("\n")))


def _routes(description: Description) -> str:
    rows = [
        (code(path), method.upper(), text(methods[method]["summary"]))
        for path, methods in document(description)["paths"].items()
        for method in _METHODS
        if method in methods
    ]
    return table("", ("Path", "Method", "What it answers"), rows)
