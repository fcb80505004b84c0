"""What works in the build: the test suites that it removes, the bytecode that it writes."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

INSTALLER = Path(__file__).parents[2] / "templates" / "installer"


def run(script: str, folder: Path, *options: str) -> None:
    subprocess.run([sys.executable, *options, str(INSTALLER / script), str(folder)], check=True, timeout=60)


def written(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def left(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_test_suites_of_known_packages_go_and_nothing_else(tmp_path: Path) -> None:
    site = "python3.11/site-packages"
    root = written(
        tmp_path / "lib",
        {
            f"{site}/numpy/__init__.py": "",
            f"{site}/numpy/linalg/tests/test_linalg.py": "",
            f"{site}/numpy/testing/__init__.py": "",
            f"{site}/numpy/core/include/arrayobject.h": "",
            f"{site}/numpy/random/_bounded.pxd": "",
            f"{site}/scipy/special/special.pyx": "",
            f"{site}/sklearn/_dist.pyx.tp": "",
            f"{site}/skimage/data/__init__.pyi": "",
            f"{site}/pyarrow/include/arrow/api.h": "",
            f"{site}/mine/tests/__init__.py": "",
            f"{site}/mine/numpy/tests/__init__.py": "",
            f"{site}/tests/__init__.py": "",
        },
    )
    run("prune.py", root)
    assert left(root) == [
        f"{site}/mine/numpy/tests/__init__.py",
        f"{site}/mine/tests/__init__.py",
        f"{site}/numpy/__init__.py",
        f"{site}/numpy/core/include/arrayobject.h",
        f"{site}/numpy/testing/__init__.py",
        f"{site}/skimage/data/__init__.pyi",
        f"{site}/tests/__init__.py",
    ]


#: What makes bytecode differ between two runs: sets, names that other files have, too.
_SOURCE = """
def choose{n}(value, other{n}):
    if value in {{'a', 'b', 'c{n}', 1, 2.5, None}}:
        return value, other{n}, 'shared', 'name{n}'
    return frozenset({{'x', 'y{n}'}})
"""


def test_bytecode_is_the_same_each_time_and_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = written(tmp_path / "code", {f"module{n:02}.py": _SOURCE.format(n=n) for n in range(70)})
    found = []
    for seed in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        run("bytecode.py", root)
        found.append({path.name: path.read_bytes() for path in root.rglob("*.pyc")})
        for path in root.rglob("*.pyc"):
            path.unlink()
    assert len(found[0]) == 70
    assert found[0] == found[1]
    run("bytecode.py", root)
    cached = importlib.util.cache_from_source(str(root / "module00.py"))
    assert Path(cached).read_bytes()[4:8] == b"\1\0\0\0", "an unchecked hash in the place of a time stamp"


def test_files_that_are_no_python_stay_as_they_are(tmp_path: Path) -> None:
    root = written(tmp_path / "code", {"template.py": "def {{ name }}(:", "zero.py": "\0", "good.py": "a = 1\n"})
    run("bytecode.py", root)
    assert [Path(path).name.split(".")[0] for path in left(root) if path.endswith(".pyc")] == ["good"]


def test_bytecode_is_kept_between_builds_whatever_lies_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BYTECODE_CACHE", str(tmp_path / "kept"))
    site = "lib/python3.11/site-packages"
    files = {f"{site}/one/module{n:02}.py": _SOURCE.format(n=n) for n in range(40)}
    root = written(tmp_path / "code", {**files, f"{site}/one/broken.py": "def (", f"{site}/two.py": "a = 1\n"})
    (root / site / "one/module00.py").chmod(0o600)
    compiled = bytecode_of(root)
    assert len(compiled) == 41
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "kept").iterdir()}
    assert len(kept) == 3

    written(root, {f"{site}/a_new_one.py": "b = 1\n", f"{site}/one/broken.py": "def ("})
    again = bytecode_of(root)
    assert {path: again[path] for path in compiled} == compiled
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "kept").iterdir() if path in kept} == kept
    assert compiled[next(path for path in compiled if "module00" in path)][0] == 0o600

    for path in kept:
        path.write_bytes(b"not what was written")
    assert {path: found for path, found in bytecode_of(root).items() if path in compiled} == compiled


def bytecode_of(root: Path, *options: str) -> dict[str, tuple[int, bytes]]:
    """Mode and bytes by path, compiled anew; none is left."""
    run("bytecode.py", root / "lib", *options)
    found = {}
    for path in root.rglob("*.pyc"):
        found[str(path)] = (path.stat().st_mode & 0o777, path.read_bytes())
        path.unlink()
    return found


#: Each of these changes what the compiler makes of it.
_OPTIMIZABLE = """'''Says what it is.'''
assert __doc__.strip, 'optimized'
"""


@pytest.mark.parametrize("name", ["PYTHONOPTIMIZE", "PYTHONNODEBUGRANGES"])
def test_bytecode_heeds_no_variable_of_the_base_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    root = written(tmp_path / "code", {"lib/one.py": _OPTIMIZABLE})
    plain = bytecode_of(root)
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    monkeypatch.setenv(name, "2")
    assert bytecode_of(root) == plain


def test_a_warning_that_is_an_error_elsewhere_costs_no_bytecode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = written(tmp_path / "code", {"lib/one.py": "a = 1 is 2\n"})
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    assert len(bytecode_of(root)) == 1


@pytest.mark.parametrize("options", [["-OO"], ["-X", "no_debug_ranges"]])
def test_bytecode_of_another_compiler_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    root = written(tmp_path / "code", {"lib/one.py": _OPTIMIZABLE})
    plain = bytecode_of(root)
    monkeypatch.setenv("BYTECODE_CACHE", str(tmp_path / "kept"))
    # with the right seed, the script goes on in the process that it was started in
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    bytecode_of(root, *options)
    assert bytecode_of(root) == plain


@pytest.mark.parametrize("cache", ["kept", ""])
def test_what_cannot_be_read_costs_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: str
) -> None:
    monkeypatch.setenv("BYTECODE_CACHE", cache and str(tmp_path / cache))
    site = "lib/python3.11/site-packages/one"
    root = written(tmp_path / "code", {f"{site}/good.py": "a = 1\n", f"{site}/d.py/inside.py": "b = 1\n"})
    (root / site / "gone.py").symlink_to("nowhere")
    # a regular file whose first bytes nobody can read, root neither
    (root / site / "unreadable.py").symlink_to("/proc/self/mem")
    os.mkfifo(root / site / "waits.py")
    for _ in range(2):
        assert sorted(Path(path).name.split(".")[0] for path in bytecode_of(root)) == ["good", "inside"]
    assert len(left(tmp_path / "kept")) == (1 if cache else 0)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("raise MemoryError", "ended with status 1"),
        ("os.kill(os.getpid(), 9)", "was killed by signal 9"),
    ],
)
def test_a_batch_that_could_not_be_compiled_fails_the_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, told: str
) -> None:
    faulty = f"import os, py_compile\ndef fail(*_, **__):\n    {fault}\npy_compile.compile = fail\n"
    written(tmp_path / "faulty", {"sitecustomize.py": faulty})
    root = written(tmp_path / "code", {"one.py": "a = 1\n"})
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "faulty"))
    command = [sys.executable, str(INSTALLER / "bytecode.py"), str(root)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert f"no bytecode of {root}/one.py and 0 other files: the process that compiles them {told}" in ran.stderr


@pytest.mark.parametrize("site", ["python3.11/site-packages", "."])
def test_what_uv_notes_of_a_local_file_goes(tmp_path: Path, site: str) -> None:
    info = f"{site}/own-1.0.dist-info"
    record = "own.py,sha256=a,1\nown-1.0.dist-info/uv_cache.json,sha256=b,2\nown-1.0.dist-info/RECORD,,\n"
    root = written(tmp_path / "lib", {f"{info}/uv_cache.json": "{}", f"{info}/RECORD": record})
    run("prune.py", root)
    assert not (root / info / "uv_cache.json").exists()
    assert (root / info / "RECORD").read_text(encoding="utf-8") == "own.py,sha256=a,1\nown-1.0.dist-info/RECORD,,\n"
