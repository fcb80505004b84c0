"""The order on stdin: one line about the server, then the user's requests, one a line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, List, Optional

from .question import Question, own_question


@dataclass(frozen=True)
class Order:
    """What is to be asked, and where."""

    port: int
    #: Of the model that the server loaded; None when it did not tell.
    model_folder: Optional[Path]
    #: How long one answer may take.
    seconds: float
    questions: List[Question]


def read_order(stdin: BinaryIO) -> Order:
    """Reads as many lines as are announced, whether stdin is closed behind them or not."""
    head = json.loads(stdin.readline())
    folder = head["model_folder"]
    return Order(
        port=head["port"],
        model_folder=None if folder is None else Path(folder),
        seconds=head["seconds"],
        questions=[own_question(stdin.readline()) for _ in range(head["requests"])],
    )
