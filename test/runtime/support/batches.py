"""Calls of a fake model that come at the same time."""

from __future__ import annotations

import json
from typing import Any, Callable, List, Optional

from caisson_server.scoring.scorer import Scorer

from .apps import Response, ScoringClient
from .fake_model import NAMES, FakeModel

ROUTE = "/invocations"


def split(*rows: Any, **more: Any) -> bytes:
    return json.dumps({"dataframe_split": {"columns": NAMES, "data": list(rows)}, **more}).encode()


def total(array: Any) -> Any:
    return array.sum(axis=1)


def served(predict: Callable[[Any], Any], tmp_path: Any, most_rows: Optional[int] = None) -> ScoringClient:
    client = ScoringClient(FakeModel(predict), tmp_path)
    if most_rows is not None:
        client.scorer = Scorer(client.model, most_rows)
    return client


def together(client: ScoringClient, *bodies: bytes) -> List[Response]:
    return client.post_together(ROUTE, [(body, None) for body in bodies])


def predictions(responses: List[Response]) -> List[Any]:
    return [response.json().get("predictions") for response in responses]


def ran(client: ScoringClient) -> List[int]:
    model: Any = client.model
    return list(model.ran)
