"""By which name and version clients ask for the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

_NAMELESS = "model"


@dataclass(frozen=True)
class Identity:
    """`version` is None where the model's URI does not tell one."""

    name: str
    version: Optional[str] = None


def identify(uri: str, name: Optional[str] = None) -> Identity:
    """The identity of a model's URI or folder; `name` (CAISSON_MODEL_NAME) wins over the URI's.

    `models:/iris/7` is version 7 of iris, `models:/iris@champion` is iris, `runs:/0a1b/tree` is tree, a folder has
    its own name.
    """
    scheme, _, rest = uri.partition(":")
    found = _registered(rest) if scheme == "models" else Identity(_last_part(uri))
    chosen = name or found.name or _NAMELESS
    # Bytes of the environment that are no UTF-8 could stand in no URL.
    return Identity(chosen.encode("utf-8", "replace").decode("utf-8"), found.version)


def _registered(rest: str) -> Identity:
    """`/name/version`, `/name@alias`, `/m-<id>`, or any of them behind `//profile@databricks`."""
    parts = _parts(rest)
    if rest.startswith("//"):
        parts = parts[1:]
    if not parts:
        return Identity("")
    name = parts[0].rpartition("@")[0] or parts[0]
    version = parts[1] if len(parts) > 1 and parts[1].isdigit() else None
    return Identity(name, version)


def _last_part(uri: str) -> str:
    parts = _parts(uri.partition("?")[0].partition("#")[0])
    last = parts[-1] if parts else ""
    return "" if last in (".", "..") or last.endswith(":") else last


def _parts(path: str) -> Tuple[str, ...]:
    return tuple(part for part in path.split("/") if part)
