"""How the operator wants the model loaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Optional

AUTO = "auto"
PYFUNC = "pyfunc"


@dataclass(frozen=True)
class LoadOptions:
    """`loader` is AUTO or PYFUNC (`CAISSON_LOADER`), `model_config` that of MLFLOW's `SERVING_MODEL_CONFIG`.

    `environ` holds the variables of the environment by which MLflow works otherwise; only those of SWITCHES are read.
    """

    loader: str = AUTO
    model_config: Optional[Mapping[str, Any]] = None
    environ: Mapping[str, str] = field(default_factory=dict)


#: Variables of MLflow and the values that make no difference to this server's own loaders.
SWITCHES: Mapping[str, str] = {
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "true",
    "MLFLOW_DISABLE_SCHEMA_DETAILS": "false",
}
_AS_BOOLEAN = {"1": "true", "0": "false"}


def changed_switch(options: LoadOptions) -> Optional[str]:
    """The first of SWITCHES that is set to something else, or None."""
    for name, harmless in SWITCHES.items():
        value = options.environ.get(name, harmless).lower()
        if _AS_BOOLEAN.get(value, value) != harmless:
            return name
    return None
