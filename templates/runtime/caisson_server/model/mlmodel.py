"""The MLmodel file of a model's folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

from ..errors import StartupError


def read_mlmodel(folder: Path) -> Dict[str, Any]:
    """The file as a mapping. Raises StartupError when it is absent or not YAML."""
    # PyYAML comes with MLflow, so it is imported only when the model's environment is needed anyway.
    import yaml  # noqa: PLC0415

    path = folder / "MLmodel"
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StartupError(f"cannot read '{path}': {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StartupError(f"'{path}' is not YAML: {error}") from error
    if isinstance(content, dict):
        return content
    raise StartupError(f"'{path}' does not hold a mapping")
