"""What must not leave the container: paths in answers, passwords in log lines."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Callable, Iterable

_USER_INFO = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*://)[^\s/@'\"]+@")

HidePaths = Callable[[str], str]


def strip_user_info(text: str) -> str:
    """Remove `user:password@` from every URL in the text."""
    return _USER_INFO.sub(r"\1", text)


def path_hider(folders: Iterable[Path]) -> HidePaths:
    """A function that replaces paths below these folders, below Python's own and /tmp with `<path>`."""
    own = (sys.prefix, sys.base_prefix, "/tmp")  # noqa: S108 - a text to look for
    roots = {*map(str, folders), *own} - {"/", "."}
    longest_first = sorted(roots, key=len, reverse=True)
    alternatives = "|".join(re.escape(root) for root in longest_first)
    pattern = re.compile(rf"(?<![\w./-])(?:{alternatives})(?:/(?:[^\s'\"`]*[\w/-])?)?(?![\w-])")

    def hide(text: str) -> str:
        return pattern.sub("<path>", text)

    return hide
