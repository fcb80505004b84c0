"""Real models of the flavors that are loaded without MLflow, each in the forms that people save."""

from __future__ import annotations

from typing import Mapping

from .flavors.common import IRIS_COLUMNS, Save, iris_classes, iris_table
from .flavors.of_boosting import BOOSTING_MODELS
from .flavors.of_onnx import ONNX_MODELS
from .flavors.of_sklearn import SKLEARN_MODELS
from .flavors.of_statsmodels import STATSMODELS_MODELS

__all__ = ["FLAVOR_MODELS", "IRIS_COLUMNS", "iris_classes", "iris_table"]

FLAVOR_MODELS: Mapping[str, Save] = {**SKLEARN_MODELS, **BOOSTING_MODELS, **ONNX_MODELS, **STATSMODELS_MODELS}
