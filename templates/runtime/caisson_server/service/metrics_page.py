"""`GET /metrics`."""

from __future__ import annotations

from typing import Any, Optional

from ..metrics.families import ModelInfo
from ..metrics.shared import CONTENT_TYPE
from ..web.answer import Answer
from ..web.request import Request
from ..web.routes import Route
from .labels import METRICS


def metrics_page(metrics: Any, info: Optional[ModelInfo]) -> Route:
    """The numbers of all processes, whichever of them is asked. Scrapes are not logged."""

    def respond(_request: Request) -> Answer:
        return Answer(200, metrics.render(info), CONTENT_TYPE)

    return Route(METRICS, "GET", respond, is_probe=True)
