"""image.json: what caisson recorded when it built the image."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from ..errors import StartupError

BAKED = "baked"
LOAD_AT_START = "load-at-start"


@dataclass(frozen=True)
class ImageFile:
    """The model that the image was built for."""

    model_uri: str
    #: What an alias, stage or `latest` stood for.
    pinned_uri: Optional[str]
    model_source: str
    caisson_version: str
    #: The name of the user's file with `pre` and `post`, beside image.json. None: there is none.
    handler: Optional[str] = None


def read_image_file(path: Path) -> ImageFile:
    """Read the file. Raises StartupError when it is absent or not what caisson writes."""
    try:
        return _parse(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise StartupError(f"cannot read '{path}': {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StartupError(f"'{path}' is not an image file of caisson: {error!r}") from error


def _parse(content: Any) -> ImageFile:
    source = content["model_source"]
    if source not in (BAKED, LOAD_AT_START):
        raise ValueError(f"model_source is '{source}'")
    return ImageFile(
        model_uri=str(content["model_uri"]),
        pinned_uri=content.get("pinned_uri"),
        model_source=source,
        caisson_version=str(content["caisson_version"]),
        handler=_handler(content.get("handler")),
    )


def _handler(name: Any) -> Optional[str]:
    if name is None:
        return None
    if not isinstance(name, str) or name != Path(name).name or not name.endswith(".py"):
        raise ValueError(f"handler is '{name}'")
    return name
