"""Data of several requests through the model at once."""

from __future__ import annotations

from typing import Any, List, Optional, Sequence

from ..model.port import Enforced, Model
from .joining import count_rows, join
from .splitting import split


def predict_together(model: Model, members: Sequence[Enforced]) -> Optional[List[Any]]:
    """The predictions of each, all of one kind.

    None where they do not come row by row, or are not as many as the rows. Raises whatever the model raises.
    """
    data = [member.data for member in members]
    predictions = model.run(Enforced(join(data), members[0].params))
    return split(predictions, [count_rows(one) for one in data])
