"""The user's file with `pre` and `post`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Iterator

import pytest

from caisson_server.errors import StartupError
from caisson_server.handler import load_handler
from caisson_server.startup.image_file import read_image_file


@pytest.fixture(autouse=True)
def same_imports() -> Iterator[None]:
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def write(folder: Path, code: str, name: str = "shop.py") -> Path:
    path = folder / name
    path.write_text(code, encoding="utf-8")
    return path


def test_both(tmp_path: Path) -> None:
    handler = load_handler(
        write(tmp_path, "def pre(inputs):\n  return [inputs]\npost = lambda predictions: predictions[0]")
    )
    assert handler.pre is not None
    assert handler.post is not None
    assert handler.pre(1) == [1]
    assert handler.post([2]) == 2


@pytest.mark.parametrize(
    "code",
    [
        "def pre(inputs): return 1",
        "def pre(inputs, more=2): return 1",
        "def pre(*everything): return 1",
        "class Pre:\n  def __call__(self, inputs): return 1\npre = Pre()\npost = None",
        "from functools import partial\npre = partial(max, 1)\n",
        "pre = dict.fromkeys\n",
        "pre = int\n",
    ],
)
def test_one_is_enough(tmp_path: Path, code: str) -> None:
    handler = load_handler(write(tmp_path, code))
    assert handler.pre is not None
    assert handler.post is None
    assert load_handler(write(tmp_path, code.replace("post", "x").replace("pre", "post"))).pre is None


@pytest.mark.parametrize(
    "code, reason",
    [
        ("def predict(x): pass", "the handler 'shop.py' defines neither pre nor post"),
        ("", "defines neither pre nor post"),
        ("pre = post = None", "defines neither pre nor post"),
        ("pre = 3\ndef post(p): return p", "pre in the handler 'shop.py' is int, not a function"),
        ("def pre(i): return i\npost = 'x'", "post in the handler 'shop.py' is str, not a function"),
        ("def pre(): pass", "pre in the handler 'shop.py' does not take one argument"),
        ("def pre(a, b): pass", "does not take one argument"),
        ("def pre(*, inputs): pass", "does not take one argument"),
        ("async def post(p): return p", "post in the handler 'shop.py' is asynchronous"),
    ],
)
def test_what_the_file_must_define(tmp_path: Path, code: str, reason: str) -> None:
    with pytest.raises(StartupError, match=reason) as caught:
        load_handler(write(tmp_path, code))
    assert str(caught.value).endswith(": it must define pre(inputs), post(predictions), or both")


@pytest.mark.parametrize(
    "code, reason",
    [
        ("\nimport no_such_module", r"ModuleNotFoundError: No module named 'no_such_module' \(line 2\)"),
        ("def f():\n  raise KeyError('x')\nf()", r"KeyError: 'x' \(line 2\)"),
        ("def pre(:", r"SyntaxError: .*shop.py, line 1"),
        ("import sys\nsys.exit(3)", r"SystemExit: 3 \(line 2\)"),
        ("open('/no/such/file')", r"FileNotFoundError: .*/no/such/file.* \(line 1\)"),
    ],
)
def test_a_file_that_cannot_be_run(tmp_path: Path, code: str, reason: str) -> None:
    with pytest.raises(StartupError, match="cannot load the handler 'shop.py': " + reason):
        load_handler(write(tmp_path, code))


def test_a_signal_that_comes_meanwhile_is_no_error_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        load_handler(write(tmp_path, "raise KeyboardInterrupt"))


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match=r"cannot load the handler 'shop\.py': there is no such file"):
        load_handler(tmp_path / "shop.py")


def test_not_a_python_file(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match=r"'shop.txt' is not a Python file: its name must end in \.py"):
        load_handler(write(tmp_path, "", "shop.txt"))


def test_the_file_imports_its_neighbours(tmp_path: Path) -> None:
    write(tmp_path, "FACTOR = 3", "shop_prices.py")
    code = """
from shop_prices import FACTOR
def pre(inputs):
    import shop_prices_later
    return FACTOR + shop_prices_later.FACTOR
"""
    handler = load_handler(write(tmp_path, code))
    write(tmp_path, "FACTOR = 4", "shop_prices_later.py")
    assert handler.pre is not None
    assert handler.pre(0) == 7


def test_the_files_name_may_be_that_of_a_module_in_use(tmp_path: Path) -> None:
    load_handler(write(tmp_path, "def pre(inputs): return inputs", "json.py"))
    assert json.loads("1") == 1
    assert sys.modules["json"] is json


def test_classes_of_the_file_know_their_module(tmp_path: Path) -> None:
    code = """
from __future__ import annotations
import pickle
from dataclasses import dataclass
@dataclass
class Row:
    a: int
def pre(inputs):
    return pickle.loads(pickle.dumps(Row(inputs))).a
"""
    handler = load_handler(write(tmp_path, code))
    assert handler.pre is not None
    assert handler.pre(5) == 5


def image(folder: Path, handler: object) -> Path:
    fields = {"model_uri": "m", "model_source": "baked", "caisson_version": "1", "handler": handler}
    return write(folder, json.dumps(fields), "image.json")


def test_image_json_names_the_handler(tmp_path: Path) -> None:
    assert read_image_file(image(tmp_path, "handler.py")).handler == "handler.py"
    assert read_image_file(image(tmp_path, None)).handler is None
    older = write(tmp_path, '{"model_uri": "m", "model_source": "baked", "caisson_version": "1"}', "image.json")
    assert read_image_file(older).handler is None


@pytest.mark.parametrize("name", ["../x.py", "/x.py", "a/x.py", "..", "", "x", 3])
def test_image_json_names_only_files_beside_it(tmp_path: Path, name: object) -> None:
    with pytest.raises(StartupError, match=r"is not an image file of caisson: .*handler is '"):
        read_image_file(image(tmp_path, name))
