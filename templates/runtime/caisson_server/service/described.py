"""`/openapi.json` and `/docs`, made when somebody first asks for them."""

from __future__ import annotations

from typing import Callable, Dict, Optional

from ..openapi.description import Description
from ..openapi.document import document_json
from ..web.answer import Answer
from ..web.request import Request
from ..web.routes import Route, page
from .labels import DOCS, OPENAPI


def described(description: Description) -> Dict[str, Route]:
    """Both pages of a server that is described so."""
    return {
        OPENAPI: page(OPENAPI, _once(lambda: Answer(200, document_json(description)))),
        DOCS: page(DOCS, _once(lambda: _docs(description))),
    }


def _docs(description: Description) -> Answer:
    from ..openapi.page import CONTENT_SECURITY_POLICY, page_of  # noqa: PLC0415 - its text is long

    headers = (
        (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    )
    return Answer(200, page_of(description).encode(), "text/html; charset=utf-8", headers=headers)


def _once(make: Callable[[], Answer]) -> Callable[[Request], Answer]:
    made: Optional[Answer] = None

    def respond(_request: Request) -> Answer:
        nonlocal made
        if made is None:
            made = make()
        return made

    return respond
