"""Which model to serve: the baked copy, or one that is loaded at start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Union

from ..errors import ConfigurationError
from ..redaction import strip_user_info
from .image_file import LOAD_AT_START, ImageFile
from .settings import Settings


@dataclass(frozen=True)
class BakedModel:
    """The copy in the image; no network is needed."""

    uri: str
    folder: Path


@dataclass(frozen=True)
class RemoteModel:
    """A model that MLflow's client fetches before it is served."""

    uri: str


ModelSource = Union[BakedModel, RemoteModel]


def choose_source(image: ImageFile, settings: Settings) -> ModelSource:
    """Decide by the image and MLFLOW_MODEL_URI. Raises ConfigurationError when they contradict each other."""
    asked = settings.model_uri
    if image.model_source == LOAD_AT_START:
        if asked is None:
            raise ConfigurationError("Please set the MLFLOW_MODEL_URI environment variable")
        if asked.startswith(("runs:", "models:")) and not settings.names_store:
            # MLflow would make an empty database of its own and look there, for minutes.
            raise ConfigurationError(
                f"Please set the MLFLOW_TRACKING_URI environment variable: '{strip_user_info(asked)}' is found there"
            )
        return RemoteModel(asked)
    known = {_canonical(uri) for uri in (image.model_uri, image.pinned_uri) if uri}
    if asked is not None and _canonical(asked) not in known:
        raise ConfigurationError(
            f"MLFLOW_MODEL_URI is '{strip_user_info(asked)}', but this image holds '{image.model_uri}': "
            "leave the variable out, or build an image with --load-at-start"
        )
    return BakedModel(image.model_uri, settings.model_folder)


def _canonical(uri: str) -> str:
    """What caisson records is without user information; a slash at the end means nothing."""
    return strip_user_info(uri).rstrip("/")
