"""The story of a start: settings, image, model; then the processes until a signal comes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Callable, Mapping, Sequence

from . import log
from .access.key_file import read_keys
from .errors import StartupError
from .process import signals, story
from .process.context import Composition
from .process.launch import Order
from .process.patience import Patience
from .startup.image_file import read_image_file
from .startup.model_source import choose_source
from .startup.settings import read_settings

_RUNTIME_FOLDER = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Serve until a signal comes and return the exit code: 0, 1 for a start that failed, 2 for a wrong setting."""
    return run(arguments, environ, _compose, Patience())


def run(
    arguments: Sequence[str], environ: Mapping[str, str], compose: Callable[[], Composition], patience: Patience
) -> int:
    """The same with another composition; `compose` is called when the settings are known to be right."""
    started = time.monotonic()
    signals.own()
    try:
        # As it is now: loading a model changes it.
        as_given = dict(environ)
        settings = read_settings(as_given, arguments, _RUNTIME_FOLDER.parent / "image.json")
        log.configure(settings.log_format)
        image = read_image_file(settings.image_file)
        source = choose_source(image, settings)
        if settings.api_key_file is not None:
            read_keys(settings.api_key_file)
        story.run(Order(arguments, as_given, settings, image, source, started), compose(), patience)
    except signals.StopError:
        pass
    except StartupError as error:
        log.failed(str(error))
        return error.exit_code
    except BaseException as error:  # noqa: BLE001 - whatever a model's code raises while it is loaded
        log.exception(None, error)
        log.failed(f"{type(error).__name__}: {error}")
        return 1
    return 0


def _compose() -> Composition:
    from . import compose  # noqa: PLC0415 - not needed to refuse wrong settings

    return compose
