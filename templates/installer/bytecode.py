"""Compiles the Python files below a folder to bytecode: `python bytecode.py FOLDER`.

The same files give the same bytes, whenever and wherever they are compiled. A .pyc file has the hash of its source in
the place of a time stamp, and each batch of files is compiled by a process of its own, forked from the same beginning:
what the compiler writes depends on the strings that its process has seen before.
"""

from __future__ import annotations

import os
import py_compile
import sys
from contextlib import suppress
from pathlib import Path
from typing import List

#: A batch depends on the files alone, never on the number of processors.
_FILES_IN_A_BATCH = 32


def compile_folder(folder: Path) -> None:
    """Compile all, as many batches at a time as there are processors. A file that is no Python is left as it is."""
    files = sorted(str(path) for path in folder.rglob("*.py"))
    processors = len(os.sched_getaffinity(0))
    for number, start in enumerate(range(0, len(files), _FILES_IN_A_BATCH)):
        if number >= processors:
            os.wait()
        if os.fork() == 0:
            _compile(files[start : start + _FILES_IN_A_BATCH])
            os._exit(0)
    with suppress(ChildProcessError):
        while True:
            os.wait()


def _compile(files: List[str]) -> None:
    for file in files:
        # packages hold templates, and files for other versions of Python
        with suppress(py_compile.PyCompileError, OSError, ValueError, RecursionError):
            py_compile.compile(file, doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        # the order of sets goes into the bytes
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})  # noqa: S606
    compile_folder(Path(sys.argv[1]))
