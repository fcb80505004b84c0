"""Whether concurrent requests are predicted together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..model.port import Model
from .rehearsal import rehearse
from .rehearsal_rows import NoRowsError, rehearsal_rows

ON = "on"
OFF = "off"


@dataclass(frozen=True)
class Batching:
    """The choice, and the reason for the log."""

    is_on: bool
    reason: str


def decide_batching(model: Model, folder: Path, setting: str) -> Batching:
    """The choice for the model of the folder; `setting` is "auto", "on" or "off" (`CAISSON_BATCHING`).

    By itself it is on only where the model predicts row by row for certain, and does so when it is tried. That may
    take two seconds. Raises StartupError when the MLmodel file cannot be read.
    """
    if setting in (ON, OFF):
        return Batching(setting == ON, f"CAISSON_BATCHING is {setting}")
    if not model.row_wise.certain:
        return Batching(is_on=False, reason=model.row_wise.reason)
    try:
        bodies = rehearsal_rows(folder, model.signature)
    except NoRowsError as error:
        return Batching(is_on=False, reason=str(error))
    reason = rehearse(model, bodies)
    if reason is not None:
        return Batching(is_on=False, reason=reason)
    return Batching(is_on=True, reason=f"{model.row_wise.reason}, and did so when it was tried")
