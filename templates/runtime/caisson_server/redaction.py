"""What must not leave the container: paths in answers, passwords and tokens in log lines."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Callable, Iterable

# As src/core/redaction.ts: to the last `@` before the path, because people forget to encode one in a password.
_USER_INFO = re.compile(r"://[^\s/?#'\"]+@")

#: Parts of the names of secrets in query strings (signed URLs of S3, Azure and GCS above all) and connection strings.
_TELLING_NAMES = "signature|token|secret|password|passwd|credential|api[_-]?key|access[_-]?key|accountkey"
# Lengths are bounded everywhere so that no text takes long.
_SECRET_VALUE = re.compile(
    rf"([?&;](?:[\w.%-]{{0,40}}(?:{_TELLING_NAMES})[\w.%-]{{0,40}}|sig|key)=)[^\s&;'\"<>]+", re.IGNORECASE
)
# With either b; texts that begin alike in all matches are found several times faster.
_BEARER = re.compile(r"(earer\s+)[\w.~+/=-]{8,}")
_HIDDEN = "[redacted]"

HidePaths = Callable[[str], str]


def strip_user_info(text: str) -> str:
    """Remove `user:password@` from every URL in the text."""
    return _USER_INFO.sub("://", text)


def strip_secrets(text: str) -> str:
    """Remove user information, and hide signatures, keys and tokens that URLs, connection strings and headers hold."""
    hidden = _SECRET_VALUE.sub(rf"\1{_HIDDEN}", strip_user_info(text))
    return _BEARER.sub(rf"\1{_HIDDEN}", hidden)


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
