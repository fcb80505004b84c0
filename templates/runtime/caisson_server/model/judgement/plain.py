"""Whether a plain array gives the predictions that the DataFrame of the signature gives, to the bit."""

from __future__ import annotations

from typing import Any, List, Optional

from ...signature.plain import has_plain_types
from ...signature.types import DataType, Signature
from .row_wise_classes import ARRAYS, BY_NAME, HOLDERS
from .walk import UncertainError, parts_of, public_name


def column_names(signature: Signature) -> Optional[List[str]]:
    """The columns' names, or their numbers as text; None for a model that does not take columns."""
    if signature.inputs is None or not signature.inputs.columns:
        return None
    return [str(label) for label in signature.inputs.labels]


def mixes_long_integers(signature: Signature) -> bool:
    """Whether an array has to make doubles of long integers, which a library would turn into singles itself.

    The way over doubles rounds twice.
    """
    types = {spec.type for spec in signature.inputs.columns} if signature.inputs is not None else set()
    return DataType.LONG in types and len(types) > 1


def takes_arrays(estimator: Any, signature: Signature) -> bool:
    """Whether scikit-learn's estimator, with all that it holds, treats both alike."""
    names = column_names(signature)
    if names is None or not has_plain_types(signature):
        return False
    try:
        parts = parts_of(estimator)
    except UncertainError:
        return False
    # A model whose columns have no names gets numbered ones, which scikit-learn does not compare.
    expected = names if signature.inputs is not None and signature.inputs.has_names else None
    return all(_takes_array(part, expected) for part in parts)


def _takes_array(part: Any, names: Optional[List[str]]) -> bool:
    name = public_name(part)
    if name not in ARRAYS and (name not in HOLDERS or name in BY_NAME):
        return False
    # Gradient boosting by histograms finds its categories by the columns of a DataFrame.
    if getattr(part, "is_categorical_", None) is not None:
        return False
    # `set_output(transform="pandas")` gives the next step a DataFrame with names of its own.
    if getattr(part, "_sklearn_output_config", {}).get("transform") not in (None, "default"):
        return False
    fitted = getattr(part, "feature_names_in_", None)
    return names is None or fitted is None or list(fitted) == names
