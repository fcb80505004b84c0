"""API keys: the file, what a request has to hold, and keys that change while the server runs."""

from __future__ import annotations

import hmac
import os
import time
from pathlib import Path
from typing import Any, Callable, Dict, List

import pytest

from caisson_server.access import api_keys, key_file
from caisson_server.access.api_keys import ApiKeys
from caisson_server.errors import ConfigurationError

KEY, OTHER = "first-key-123", "second-key-456"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "keys"
    path.write_text(f"# of the web shop\n\n  {KEY}  \r\n{OTHER}\n", encoding="utf-8")
    return path


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A second passes."""
    seconds = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: seconds[0])

    def pass_second() -> None:
        seconds[0] += 1.0

    return pass_second


def bearer(key: str) -> Dict[bytes, bytes]:
    return {b"authorization": b"Bearer " + key.encode()}


def allowed(keys: ApiKeys, *candidates: str) -> List[str]:
    return [key for key in candidates if keys.allows(bearer(key))]


@pytest.mark.parametrize(
    "headers, expected",
    [
        ({b"authorization": b"Bearer first-key-123"}, True),
        ({b"authorization": b"bEARER  second-key-456 "}, True),
        ({b"x-api-key": b"first-key-123"}, True),
        ({b"api-key": b" first-key-123"}, True),
        ({b"authorization": b"Basic Zm9v", b"x-api-key": b"first-key-123"}, True),
        ({b"authorization": b"Bearer wrong-key-0", b"api-key": b"second-key-456"}, True),
        ({b"x-api-key": b"wrong-key-0", b"api-key": b"second-key-456"}, True),
        ({}, False),
        ({b"authorization": b""}, False),
        ({b"authorization": b"Bearer "}, False),
        ({b"authorization": b"Bearer"}, False),
        ({b"authorization": b"first-key-123"}, False),
        ({b"authorization": b"Basic first-key-123"}, False),
        ({b"authorization": b"Bearer first-key-12"}, False),
        ({b"authorization": b"Bearer first-key-1234"}, False),
        ({b"authorization": b"Bearer FIRST-KEY-123"}, False),
        ({b"authorization": b"Bearer # of the web shop"}, False),
        ({b"x-api-key": b"first-key-123,second-key-456"}, False),
        ({b"x-api-key": b"Bearer first-key-123"}, False),
        ({b"x-api-key": b"\xff\xfe"}, False),
        ({b"cookie": b"first-key-123"}, False),
    ],
)
def test_what_a_request_has_to_hold(file: Path, headers: Dict[bytes, bytes], expected: bool) -> None:  # noqa: FBT001
    assert ApiKeys(file).allows(headers) is expected


def test_every_key_is_compared_whatever_the_others_say(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: List[Any] = []
    compare = hmac.compare_digest

    def recorded(first: bytes, second: bytes) -> bool:
        compared.append((first, second))
        return bool(compare(first, second))

    monkeypatch.setattr(hmac, "compare_digest", recorded)
    keys = ApiKeys(file)
    for key in (KEY, OTHER, "wrong-key-0"):
        compared.clear()
        keys.allows(bearer(key))
        assert len(compared) == 2
        assert all(len(side) == 32 for pair in compared for side in pair)


@pytest.mark.parametrize(
    "content, reason",
    [
        (b"", "holds no key"),
        (b"# only\n\n  \n", "holds no key"),
        (b"\xef\xbb\xbf", "holds no key"),
        (b"# one\nsecret7", "line 2 of .* holds a key of less than 8 characters"),
        (b"secret-1 secret-2", "line 1 of .* white space"),
        (b"\nsecret-\xc3\xa9", "line 2 of .* visible ASCII"),
        (b"secret-\x00-secret", "line 1 of .* visible ASCII"),
        (b"secret-key\n" * 100_000, "has more than 1048576 bytes"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "keys"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=reason) as caught:
        ApiKeys(path)
    assert str(path) in str(caught.value)
    assert "secret" not in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, reason in (
        (tmp_path / "missing", "cannot read the file of API keys '.*missing': No such file"),
        (tmp_path, "cannot read the file of API keys '.*': Is a directory"),
        (pipe, "holds no key"),
    ):
        with pytest.raises(ConfigurationError, match=reason):
            ApiKeys(path)
    # Somebody has it open for writing, and writes nothing.
    writer = os.open(pipe, os.O_RDWR)
    with pytest.raises(ConfigurationError, match="holds no key"):
        ApiKeys(pipe)
    os.close(writer)


def test_a_byte_order_mark_is_no_part_of_a_key(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_bytes(b"\xef\xbb\xbffirst-key-123")
    assert allowed(ApiKeys(path), KEY) == [KEY]


def test_a_changed_file_is_read_again(file: Path, later: Callable[[], None], capsys: Any) -> None:
    keys = ApiKeys(file)
    file.write_text("new-key-7890\n", encoding="utf-8")
    assert allowed(keys, KEY, "new-key-7890") == [KEY]
    later()
    assert allowed(keys, KEY, OTHER, "new-key-7890") == ["new-key-7890"]
    assert capsys.readouterr().err == "caisson read the API keys again: 1 now\n"


def test_secrets_of_kubernetes_change_by_a_link(tmp_path: Path, later: Callable[[], None]) -> None:
    for name, key in (("a", KEY), ("b", OTHER)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "keys").write_text(key, encoding="utf-8")
        os.utime(tmp_path / name / "keys", (1, 1))
    data = tmp_path / "..data"
    data.symlink_to("a")
    (tmp_path / "keys").symlink_to("..data/keys")
    keys = ApiKeys(tmp_path / "keys")
    assert allowed(keys, KEY, OTHER) == [KEY]
    new = tmp_path / "..new"
    new.symlink_to("b")
    new.replace(data)
    later()
    assert allowed(keys, KEY, OTHER) == [OTHER]


@pytest.mark.parametrize("broken", [b"", b"short", None])
def test_a_broken_file_keeps_the_old_keys(file: Path, later: Callable[[], None], capsys: Any, broken: Any) -> None:
    keys = ApiKeys(file)
    good = file.read_bytes()
    if broken is None:
        file.unlink()
    else:
        file.write_bytes(broken)
    for _ in range(3):
        later()
        assert allowed(keys, KEY, OTHER, "short") == [KEY, OTHER]
    notes = capsys.readouterr().err
    assert notes.count("\n") == 1
    assert notes.startswith("caisson the API keys stay as they were: ")
    file.write_bytes(good + b"third-key-789\n")
    later()
    assert allowed(keys, KEY, OTHER, "third-key-789") == [KEY, OTHER, "third-key-789"]


def test_the_file_is_looked_at_once_a_second(
    file: Path, later: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: List[Path] = []
    look = key_file.current_version

    def counted(path: Path) -> Any:
        looks.append(path)
        return look(path)

    monkeypatch.setattr(api_keys, "current_version", counted)
    keys = ApiKeys(file)
    for _ in range(100):
        keys.allows({})
    assert looks == []
    later()
    for _ in range(100):
        keys.allows({})
    assert looks == [file]
