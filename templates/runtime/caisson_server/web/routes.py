"""Who answers which path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Mapping, Optional

from ..scoring.port import Dialect
from .answer import Answer
from .faults import Words, in_plain_words
from .request import Request


@dataclass(frozen=True)
class Route:
    """One path. Either `respond` answers at once, on the event loop's thread, or the model does in a `dialect`.

    `label` is the path as metrics and traces show it, with `{name}` for what depends on the model.
    """

    label: str
    method: str
    respond: Optional[Callable[[Request], Answer]] = None
    dialect: Optional[Dialect] = None
    words: Words = in_plain_words
    #: Where API keys are asked for at all.
    needs_key: bool = True
    #: Asked every few seconds by engines and orchestrators: in the log they would push everything else out of sight.
    is_probe: bool = False


@dataclass(frozen=True)
class RouteTable:
    """All routes by their paths, and how faults are told on any other path."""

    routes: Mapping[str, Route]
    words_elsewhere: Callable[[str], Words] = lambda _path: in_plain_words

    def words_of(self, path: str) -> Words:
        """How faults are told on the path."""
        route = self.routes.get(path)
        return self.words_elsewhere(path) if route is None else route.words


def probe(label: str, respond: Callable[[Request], Answer], words: Words = in_plain_words) -> Route:
    """A GET route for whoever watches over the container."""
    return Route(label, "GET", respond, words=words, needs_key=False, is_probe=True)


def page(label: str, respond: Callable[[Request], Answer], words: Words = in_plain_words) -> Route:
    """A GET route for readers."""
    return Route(label, "GET", respond, words=words)


def scoring(label: str, dialect: Dialect, words: Words) -> Route:
    """A POST route for predictions."""
    return Route(label, "POST", dialect=dialect, words=words)
