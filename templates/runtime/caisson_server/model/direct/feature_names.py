"""scikit-learn's warning about arrays without names."""

from __future__ import annotations

import warnings

_TEXT = "X does not have valid feature names, but .* was fitted with feature names"


def ignore_missing_names() -> None:
    """Ignore the warning that a plain array causes: its columns were put in order before. No other is ignored."""
    warnings.filterwarnings("ignore", message=_TEXT, category=UserWarning)
