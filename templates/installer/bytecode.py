"""Compiles the Python files below a folder to bytecode: `python bytecode.py FOLDER`.

The same files give the same bytes, whenever and wherever they are compiled. A .pyc file has the hash of its source in
the place of a time stamp, and each batch of files is compiled by a process of its own, forked from the same beginning:
what the compiler writes depends on the strings that its process has seen before. What BYTECODE_CACHE names keeps the
results of batches between builds.
"""

from __future__ import annotations

import hashlib
import itertools
import marshal
import os
import py_compile
import sys
from contextlib import suppress
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path
from typing import Dict, Iterator, List, Optional

#: A batch depends on the files alone, never on the number of processors.
_FILES_IN_A_BATCH = 32

#: Of what is kept: a change makes older results unknown.
_FORMAT = 1

#: The order of sets goes into the bytes.
_SEED = {"PYTHONHASHSEED": "0"}

#: Others that change what is compiled, or whether it is.
_DECIDING = {
    "PYTHONDEVMODE",
    "PYTHONINTMAXSTRDIGITS",
    "PYTHONNODEBUGRANGES",
    "PYTHONOPTIMIZE",
    "PYTHONWARNINGS",
}


def compile_folder(folder: Path, cache: Optional[Path]) -> None:
    """Compile all, as many batches at a time as there are processors. A file that is no Python is left as it is."""
    processors = len(os.sched_getaffinity(0))
    batches: Dict[int, List[str]] = {}
    for batch in _batches(folder):
        if len(batches) >= processors:
            _wait_for_one(batches)
        process = os.fork()
        if process == 0:
            _take_or_compile(batch, cache)
            os._exit(0)
        batches[process] = batch
    while batches:
        _wait_for_one(batches)


def _wait_for_one(batches: Dict[int, List[str]]) -> None:
    """By process. What else ends here is nobody's: in a container this may be process 1."""
    process, status = os.wait()
    batch = batches.pop(process, None)
    if batch is None or status == 0:
        return
    killed = os.WIFSIGNALED(status)
    how = f"was killed by signal {os.WTERMSIG(status)}" if killed else f"ended with status {os.WEXITSTATUS(status)}"
    files = f"{batch[0]} and {len(batch) - 1} other files"
    sys.exit(f"no bytecode of {files}: the process that compiles them {how}")


def _batches(folder: Path) -> Iterator[List[str]]:
    """Of one package each, so that other packages beside it change none of its batches."""
    files = sorted(str(path) for path in folder.rglob("*.py") if path.is_file())
    for _, group in itertools.groupby(files, lambda file: _package(Path(file).relative_to(folder).parts)):
        package = list(group)
        for start in range(0, len(package), _FILES_IN_A_BATCH):
            yield package[start : start + _FILES_IN_A_BATCH]


def _package(parts: tuple[str, ...]) -> str:
    return parts[parts.index("site-packages") + 1] if "site-packages" in parts else parts[0]


def _take_or_compile(batch: List[str], cache: Optional[Path]) -> None:
    if cache is None:
        return _compile(batch)
    kept = cache / _key(batch)
    try:
        _unpack(batch, kept.read_bytes())
    except (OSError, ValueError, EOFError, TypeError):
        _compile(batch)
        with suppress(OSError):
            _keep(kept, _pack(batch))


def _compile(batch: List[str]) -> None:
    for file in batch:
        # packages hold templates, and files for other versions of Python
        with suppress(py_compile.PyCompileError, OSError, ValueError, RecursionError):
            py_compile.compile(file, doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)


def _key(batch: List[str]) -> str:
    """Of all that the bytes depend on: the compiler, and name (it is in the bytecode) and text of each file."""
    digest = hashlib.sha256(f"{_FORMAT} {sys.version} {_settings()}".encode() + MAGIC_NUMBER)
    for file in batch:
        digest.update(f"\0{file}\0".encode(errors="surrogateescape"))
        digest.update(_digest(file))
    return digest.hexdigest()


def _settings() -> str:
    """Of the compiler. No flag tells whether it notes the columns of a line; code does (since Python 3.11)."""
    positions = getattr(compile("a", "", "eval"), "co_positions", tuple)
    return f"{sys.flags} {sys.warnoptions} {list(positions())}"


def _digest(file: str) -> bytes:
    try:
        return hashlib.sha256(Path(file).read_bytes()).digest()
    except OSError:  # nor is there bytecode of it
        return b"unreadable"


def _pack(batch: List[str]) -> bytes:
    """None for a file without bytecode."""
    paths = (Path(cache_from_source(file)) for file in batch)
    return marshal.dumps([path.read_bytes() if path.is_file() else None for path in paths])


def _unpack(batch: List[str], packed: bytes) -> None:
    """Write the files as py_compile does: readable as their source is. Raises ValueError for what is not one's own."""
    codes = marshal.loads(packed)  # noqa: S302
    if len(codes) != len(batch):
        raise ValueError(packed)
    for file, code in zip(batch, codes):
        if code is None:
            continue
        path = Path(cache_from_source(file))
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = (Path(file).stat().st_mode | 0o200) & 0o666
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as target:
            target.write(code)


def _keep(path: Path, packed: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.urandom(8).hex()}")  # process ids of containers are all alike
    partial.write_bytes(packed)
    partial.replace(path)


if __name__ == "__main__":
    environment = {name: value for name, value in os.environ.items() if name not in _DECIDING}
    environment.update(_SEED)
    if environment != dict(os.environ):
        os.execve(sys.executable, [sys.executable, *sys.argv], environment)  # noqa: S606
    folder_of_cache = os.environ.get("BYTECODE_CACHE")
    compile_folder(Path(sys.argv[1]), Path(folder_of_cache) if folder_of_cache else None)
