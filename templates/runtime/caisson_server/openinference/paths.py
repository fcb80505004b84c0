"""The paths of the protocol, for one model."""

from __future__ import annotations

from typing import Dict

from .identity import Identity

SERVER = "server"
LIVE = "live"
READY = "ready"
MODEL = "model"
MODEL_READY = "model_ready"
INFER = "infer"

PREFIX = "/v2"


def model_path(identity: Identity) -> str:
    """`/v2/models/<name>`, not percent-encoded."""
    return f"{PREFIX}/models/{identity.name}"


def paths(identity: Identity) -> Dict[str, str]:
    """What each path asks for. Paths are as web/request.py gives them: without percent signs.

    INFER is a POST, everything else a GET.
    """
    found = {PREFIX: SERVER, f"{PREFIX}/": SERVER, f"{PREFIX}/health/live": LIVE, f"{PREFIX}/health/ready": READY}
    model = model_path(identity)
    bases = [model] if identity.version is None else [model, f"{model}/versions/{identity.version}"]
    for base in bases:
        found.update({base: MODEL, f"{base}/ready": MODEL_READY, f"{base}/infer": INFER})
    return found
