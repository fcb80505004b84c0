"""The file with the API keys: one in a line, empty lines and those that begin with `#` left out.

No error quotes anything of the file, because it holds nothing but secrets.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import List, Optional, Tuple

from ..errors import ConfigurationError

_SHORTEST = 8
_LARGEST_BYTES = 1 << 20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

#: Device, inode, time of the last change in nanoseconds, and size.
Version = Tuple[int, int, int, int]


def read_keys(path: Path) -> Tuple[List[bytes], Version]:
    """The keys, and the version of the file that they are from. Raises ConfigurationError."""
    try:
        with open(path, "rb", opener=_open) as file:
            version = _version(os.fstat(file.fileno()))
            content = file.read(_LARGEST_BYTES + 1) or b""
    except OSError as error:
        raise ConfigurationError(f"cannot read the file of API keys '{path}': {error.strerror}") from error
    if len(content) > _LARGEST_BYTES:
        raise ConfigurationError(f"the file of API keys '{path}' has more than {_LARGEST_BYTES} bytes")
    return _parse(content, path), version


def current_version(path: Path) -> Optional[Version]:
    """None when there is no such file, or it cannot be seen."""
    try:
        return _version(path.stat())
    except OSError:
        return None


def _open(path: str, flags: int) -> int:
    """A pipe must not hold the start until somebody writes to it."""
    return os.open(path, flags | os.O_NONBLOCK)


def _version(status: os.stat_result) -> Version:
    return (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)


def _parse(content: bytes, path: Path) -> List[bytes]:
    if content.startswith(_BYTE_ORDER_MARK):
        content = content[len(_BYTE_ORDER_MARK) :]
    keys = []
    for number, line in enumerate(content.splitlines(), 1):
        key = line.strip()
        if not key or key.startswith(b"#"):
            continue
        problem = _problem(key)
        if problem:
            raise ConfigurationError(f"line {number} of the file of API keys '{path}' {problem}")
        keys.append(key)
    if not keys:
        raise ConfigurationError(f"the file of API keys '{path}' holds no key")
    return keys


def _problem(key: bytes) -> Optional[str]:
    if len(key) < _SHORTEST:
        return f"holds a key of less than {_SHORTEST} characters"
    # Others cannot be sent as a header, or not by every client alike.
    if not all(0x21 <= character <= 0x7E for character in key):  # noqa: PLR2004 - ASCII from `!` to `~`
        return "holds a key with white space or other characters than visible ASCII"
    return None
