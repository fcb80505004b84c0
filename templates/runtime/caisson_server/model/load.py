"""A model's folder to a Model: by this server's own loaders where that is the same, else by `mlflow.pyfunc`."""

from __future__ import annotations

from pathlib import Path

from .. import log
from .direct.plan import NotDirectError, choose_flavor, plan_direct
from .mlmodel import read_mlmodel
from .options import PYFUNC, LoadOptions
from .port import Model
from .pyfunc import load_parsed


def load_model(folder: Path, options: LoadOptions) -> Model:
    """Load the model of the folder. The log tells when MLflow has to do it, and why.

    Raises StartupError, and whatever the model's library raises while it loads.
    """
    mlmodel = read_mlmodel(folder)
    if options.loader == PYFUNC:
        return load_parsed(folder, mlmodel, options.model_config)
    try:
        plan = plan_direct(folder, mlmodel, options)
    except NotDirectError as error:
        log.note(f"loads the model with mlflow.pyfunc: {error}")
        return load_parsed(folder, mlmodel, options.model_config)
    from .direct.model import DirectModel  # noqa: PLC0415 - imports numpy

    return DirectModel(plan)


def shares_memory(folder: Path, options: LoadOptions) -> bool:
    """Whether the model may be loaded before a fork, so that the workers share its memory.

    Only where the loaders are known to leave nothing behind that a fork breaks: threads, sockets, handles of devices.
    What mlflow.pyfunc loads may be anything. The flavors say for themselves. Imports no numpy: the supervisor asks.
    Raises StartupError when the MLmodel file cannot be read.
    """
    if options.loader == PYFUNC:
        return False
    try:
        return choose_flavor(folder, read_mlmodel(folder), options).flavor.shares_memory
    except NotDirectError:
        return False
