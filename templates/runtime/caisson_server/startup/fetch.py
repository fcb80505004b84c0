"""A model that is not in the image, fetched with MLflow's own client."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from .. import log
from ..errors import StartupError
from .requirements import check_requirements


def fetch_model(uri: str, into: Path) -> Path:
    """Download the model below the folder `into` and return its own folder.

    Raises StartupError when it cannot be fetched, is not a model, or needs packages that are not installed.
    """
    # MLflow's own seven attempts keep the reason of a failed start from the operator for minutes.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
    _name_user()
    log.note(f"loads the model '{uri}'")
    try:
        import mlflow.artifacts  # noqa: PLC0415 - heavy

        folder = Path(mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=str(into)))
    except ModuleNotFoundError as error:
        raise StartupError(
            f"cannot load the model '{uri}': this image has no client for its store (no module '{error.name}'): "
            "build it with --load-at-start for a model that is there, or add the client with --requirement"
        ) from error
    except Exception as error:
        raise StartupError(f"cannot load the model '{uri}': {error}") from error
    if not (folder / "MLmodel").is_file():
        raise StartupError(f"'{uri}' is not a model: it has no file MLmodel")
    check_requirements(folder)
    return folder


def _name_user() -> None:
    """Give the user a name: clients ask for one (paramiko does), and the user of a container need not have any."""
    try:
        getpass.getuser()
    except (KeyError, OSError):
        os.environ["LOGNAME"] = "caisson"
