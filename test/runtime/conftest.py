"""Fixtures of the server's tests."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, Callable, Dict

import pytest

from support.apps import Pair, application, client, pair
from support.models import ModelShelf

warnings.filterwarnings("ignore", module="mlflow")


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> ModelShelf:
    return ModelShelf(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def pairs(shelf: ModelShelf) -> Callable[[str], Pair]:
    made: Dict[str, Pair] = {}

    def get(name: str) -> Pair:
        if name not in made:
            made[name] = pair(shelf.folder(name))
        return made[name]

    return get


@pytest.fixture(scope="session")
def servers(shelf: ModelShelf) -> Callable[[str], Any]:
    """A client of caisson's application for a model's name."""
    made: Dict[str, Any] = {}

    def get(name: str) -> Any:
        if name not in made:
            made[name] = client(application(shelf.folder(name)))
        return made[name]

    return get


@pytest.fixture(scope="session")
def image_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("caisson")
