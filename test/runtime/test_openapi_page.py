"""`/docs`: one page that needs nothing else, and in which nothing of the model is anything but text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any, Dict, List, Optional, Tuple

import pytest

from caisson_server.openapi.description import Description
from caisson_server.openapi.html import json_text, text
from caisson_server.openapi.page import CONTENT_SECURITY_POLICY, page_of
from caisson_server.openinference.identity import Identity
from caisson_server.signature.types import ColumnSpec, DataType, ParameterSpec, Schema, Signature, TensorSpec
from support.descriptions import describe
from support.models import ModelShelf

HOSTILE = "</script></textarea><img src=x onerror=alert(1)>\"'`{{7*7}}${x}\u202eevil\u200b\ud800\n&amp;é"
SHOWN = "</script></textarea><img src=x onerror=alert(1)>\"'`{{7*7}}${x}\\u202eevil\\u200b\\ud800\\n&amp;é"


class Reader(HTMLParser):
    """The parts of a page."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: List[Tuple[str, Dict[str, Optional[str]]]] = []
        self.texts: Dict[str, List[str]] = {}
        self._open: List[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "link", "input", "img"}:
            self._open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open[-1]][-1] += data


def read(description: Description) -> Reader:
    return Reader(page_of(description))


def hostile() -> Description:
    columns = Schema(
        (ColumnSpec(DataType.STRING, HOSTILE, required=True), ColumnSpec(DataType.LONG, "b", required=False))
    )
    params = (ParameterSpec(HOSTILE, DataType.STRING, HOSTILE), ParameterSpec("n", DataType.DOUBLE, float("nan")))
    return Description(
        Signature(columns, (HOSTILE, "n"), params),
        Identity(HOSTILE, HOSTILE),
        outputs=Schema((TensorSpec(HOSTILE, (-1,), HOSTILE),)),
        example={"dataframe_split": {"columns": [HOSTILE, "b"], "data": [[HOSTILE, 1]]}},
        model_uri=HOSTILE,
        loader=HOSTILE,
        mlflow_version=HOSTILE,
        caisson_version=HOSTILE,
        needs_api_key=True,
    )


def test_nothing_of_the_model_is_anything_but_text() -> None:
    found = read(hostile())
    assert {tag for tag, _ in found.tags} <= {
        "html", "head", "meta", "title", "link", "style", "body", "header", "h1", "bdi", "nav", "a", "dl", "div", "dt",
        "dd", "main", "h2", "h3", "label", "input", "p", "code", "form", "textarea", "button", "pre", "details",
        "summary", "table", "thead", "tbody", "tr", "th", "td", "script",
    }  # fmt: skip
    assert [tag for tag, _ in found.tags].count("script") == 1
    assert not any(name.startswith("on") or name == "style" for _, attributes in found.tags for name in attributes)
    assert found.texts["title"] == [SHOWN]
    assert SHOWN in found.texts["bdi"]
    page_of(hostile()).encode("utf-8")


def test_bodies_are_what_the_examples_say() -> None:
    bodies = [json.loads(body) for body in read(hostile()).texts["textarea"]]
    params = {HOSTILE: HOSTILE, "n": None}
    assert bodies == [
        {"inputs": [[HOSTILE, 1]], "params": params},
        {"dataframe_split": {"columns": [HOSTILE, "b"], "data": [[HOSTILE, 1]]}},
    ]


def test_the_page_asks_nobody_else(shelf: ModelShelf) -> None:
    description = describe(shelf.folder("iris_named"))
    links = {
        value
        for _, attributes in read(description).tags
        for name, value in attributes.items()
        if name in {"src", "href", "action", "data-path"}
    }
    assert links == {
        "data:,", "#try", "#inputs", "#outputs", "#routes", "openapi.json", "predict", "invocations",
    }  # fmt: skip
    assert not re.search(r"https?://|@import|\burl\(", page_of(description))


def test_the_policy_allows_the_pages_own_script_and_style_alone(shelf: ModelShelf) -> None:
    found = read(describe(shelf.folder("iris_named")))
    policy = dict(part.strip().split(" ", 1) for part in CONTENT_SECURITY_POLICY.split(";"))
    for tag in ("script", "style"):
        digest = base64.b64encode(hashlib.sha256(found.texts[tag][0].encode()).digest()).decode()
        assert policy[f"{tag}-src"] == f"'sha256-{digest}'"
    assert (policy["default-src"], policy["connect-src"]) == ("'none'", "'self'")


def test_tables_of_columns_parameters_and_outputs(shelf: ModelShelf) -> None:
    source = page_of(describe(shelf.folder("describe_all_types")))
    cells = re.sub(r"<[^>]+>", "|", source)
    assert re.search(r"\|blob\|+binary\|+yes\|", cells)
    assert re.search(r"\|note\|+string\|+no\|", cells)
    assert "#parameters" not in source
    cells = re.sub(r"<[^>]+>", "|", page_of(describe(shelf.folder("describe_params"))))
    assert re.search(r"\|top\|+long\|+3\|", cells)
    cells = re.sub(r"<[^>]+>", "|", page_of(describe(shelf.folder("iris_tensor"))))
    assert re.search(r"\|1\|+float64\|+\(any, 4\)\|+yes\|", cells)
    assert re.search(r"\|1\|+int64\|+\(any\)\|", cells)


def test_a_key_is_asked_for_where_it_is_needed(shelf: ModelShelf) -> None:
    folder = shelf.folder("iris_named")
    assert 'id="key"' not in page_of(describe(folder))
    fields = {attributes.get("id"): attributes for tag, attributes in read(describe(folder, needs_api_key=True)).tags}
    assert fields["key"]["type"] == "password"


def test_models_without_a_signature_and_with_a_handler(shelf: ModelShelf) -> None:
    source = page_of(describe(shelf.folder("iris_unsigned")))
    assert "The model has no signature" in source
    assert [json.loads(body) for body in Reader(source).texts["textarea"]] == [{"inputs": []}, {"inputs": []}]
    assert "a handler of this server takes the inputs" in page_of(
        describe(shelf.folder("iris_named"), has_handler=True)
    )
    assert "Python type hint" in page_of(describe(shelf.folder("type_hints")))


def test_wide_models_make_no_endless_page() -> None:
    columns = Schema(tuple(ColumnSpec(DataType.DOUBLE, f"column {index}", required=True) for index in range(5000)))
    source = page_of(Description(Signature(columns), Identity("wide")))
    assert "… and 4500 more" in source
    assert len(source) < 500_000


def test_every_field_has_a_label(shelf: ModelShelf) -> None:
    tags = read(describe(shelf.folder("iris_named"), needs_api_key=True)).tags
    labelled = {attributes["for"] for tag, attributes in tags if tag == "label"}
    assert labelled == {attributes["id"] for tag, attributes in tags if tag in {"textarea", "input"}}


@pytest.mark.parametrize(
    "value, expected",
    [
        ({"inputs": [[1, 2.5]]}, '{"inputs": [[1, 2.5]]}'),
        ({"a": [], "b": {}}, '{"a": [], "b": {}}'),
        ([1.5, float("nan"), float("inf")], "[1.5, null, null]"),
        (["é", "\u202e", "\n", "\U000e0001"], '["é", "\\u202e", "\\n", "\\udb40\\udc01"]'),
        (["x" * 40, ["y" * 40]], '[\n  "' + "x" * 40 + '",\n  ["' + "y" * 40 + '"]\n]'),
    ],
)
def test_json_for_readers(value: Any, expected: str) -> None:
    assert json_text(value) == expected
    json.loads(json_text(value))


def test_text_shows_what_nobody_sees() -> None:
    assert text("a<b>\u202e\u0000") == "a&lt;b&gt;\\u202e\\u0000"
