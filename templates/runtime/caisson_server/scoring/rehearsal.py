"""The proof, when the model is loaded, that rows predicted together answer exactly as each of them alone."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import cycle, islice
from typing import List, Optional, Sequence

from ..model.port import Enforced, Model
from .invocations import InvocationsDialect
from .joining import kind_of
from .port import Asked, Call
from .scorer import MOST_ROWS
from .together import predict_together

#: Libraries compute small and odd numbers of rows by other instructions than large and even ones, and round otherwise.
_SIZES = (2, 3, 8, 32, MOST_ROWS, 5, 4, 17, 64, 7, 100, 13)
_SIZES_AT_LEAST = 5
_ROWS_AT_LEAST = 8
#: A model that is slow is not tried with everything: it has to start to serve.
_SECONDS = 1.0


@dataclass(frozen=True)
class _Row:
    """A row, and the bytes of the answer that it gets alone."""

    enforced: Enforced
    answer: bytes


def rehearse(model: Model, bodies: Sequence[bytes]) -> Optional[str]:
    """Predict the rows (bodies of `/invocations` of one row each) one by one and together.

    None when all answers are equal to the byte, else the reason against batching. Never raises.
    """
    dialect = InvocationsDialect(model, str)
    rows = _alone(model, dialect, bodies)
    if len(rows) < _ROWS_AT_LEAST:
        return f"it predicts {len(rows)} of {len(bodies)} rows that were tried"
    kinds = {kind_of(row.enforced) for row in rows}
    if None in kinds or len(kinds) > 1:
        return "its requests cannot be put together"
    end = time.monotonic() + _SECONDS
    for number, size in enumerate(_SIZES):
        if number >= _SIZES_AT_LEAST and time.monotonic() > end:
            break
        # Each size begins with another row, so that rows stand at many places.
        reason = _compare(model, dialect, list(islice(cycle(rows), number, number + size)))
        if reason is not None:
            return reason
    return None


def _alone(model: Model, dialect: InvocationsDialect, bodies: Sequence[bytes]) -> List[_Row]:
    """The rows that the model predicts: made ones may be nothing that it knows."""
    end = time.monotonic() + _SECONDS
    rows: List[_Row] = []
    for body in bodies:
        try:
            asked = dialect.read(_call(body))
            enforced = model.enforce(asked.data, asked.params)
            rows.append(_Row(enforced, _written(dialect, model.run(enforced))))
        except BaseException:  # noqa: BLE001, S112 - whatever a model raises for a row that nobody sent
            continue
        if len(rows) >= _ROWS_AT_LEAST and time.monotonic() > end:
            break
    return rows


def _compare(model: Model, dialect: InvocationsDialect, rows: Sequence[_Row]) -> Optional[str]:
    try:
        parts = predict_together(model, [row.enforced for row in rows])
        answers = None if parts is None else [_written(dialect, part) for part in parts]
    except BaseException as error:  # noqa: BLE001 - a model may raise anything
        return f"it raises {type(error).__name__} for {len(rows)} rows together"
    if answers is None:
        return "its predictions do not come row by row"
    if answers != [row.answer for row in rows]:
        return f"it predicts {len(rows)} rows together otherwise than each of them alone"
    return None


def _written(dialect: InvocationsDialect, predictions: object) -> bytes:
    return dialect.write(predictions, _ASKED, _call(b"")).body


_ASKED = Asked(None, memo=True)


def _call(body: bytes) -> Call:
    return Call(body, None, "rehearsal", {})
