"""image.json, where the model comes from, and whether its packages are there; the port."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import mlflow
import pytest

import caisson_server
from caisson_server.errors import ConfigurationError, StartupError
from caisson_server.model.pyfunc import load_pyfunc
from caisson_server.startup.image_file import ImageFile, read_image_file
from caisson_server.startup.listen import listen
from caisson_server.startup.model_source import BakedModel, RemoteModel, choose_source
from caisson_server.startup.requirements import check_requirements, unsatisfied
from caisson_server.startup.settings import Settings, read_settings
from support.models import ModelShelf

IMAGE_PATH = Path("/nowhere/image.json")


def settings(*arguments: str, **environ: str) -> Settings:
    return read_settings(environ, arguments, IMAGE_PATH)


def test_the_model_config_of_the_environment_overrides_the_models(shelf: ModelShelf) -> None:
    model = load_pyfunc(shelf.folder("configured"), {"depth": 7})
    assert model.predict([1], None) == {"depth": 7, "name": "x"}


def test_temporary_files_without_any_usual_folder() -> None:
    code = (
        "import os, tempfile; tempfile._candidate_tempdir_list = lambda: ['/proc/none']\n"
        "from caisson_server.startup.temporary import ensure_temporary_folder as ensure\n"
        "print(ensure(), tempfile.mkdtemp(), os.environ['TMPDIR'])"
    )
    package = Path(caisson_server.__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=package, capture_output=True, text=True, check=True)
    folder, made, variable = done.stdout.split()
    Path(made).rmdir()
    assert (folder, str(Path(made).parent), variable) == ("/dev/shm",) * 3  # noqa: S108


def image(source: str = "baked", pinned: Any = "models:/iris/3") -> ImageFile:
    return ImageFile("models:/iris@best", pinned, source, "0.1.0")


@pytest.mark.parametrize("asked", ["", "models:/iris@best", "models:/iris/3", "models:/iris/3/"])
def test_a_baked_model_is_served_under_its_names(asked: str) -> None:
    read = settings(MLFLOW_MODEL_URI=asked)
    assert choose_source(image(), read) == BakedModel("models:/iris@best", read.model_folder)


@pytest.mark.parametrize("asked", ["models:/iris/4", "runs:/a/b", "models:/iris", "/opt/ml/model"])
def test_a_baked_model_is_not_served_under_another_name(asked: str) -> None:
    with pytest.raises(ConfigurationError, match=f"'{asked}'.*--load-at-start"):
        choose_source(image(), settings(MLFLOW_MODEL_URI=asked))


def test_passwords_are_not_quoted_nor_compared() -> None:
    http = ImageFile("http://host/m", None, "baked", "0.1.0")
    assert choose_source(http, settings(MLFLOW_MODEL_URI="http://u:pw@host/m"))
    with pytest.raises(ConfigurationError) as caught:
        choose_source(http, settings(MLFLOW_MODEL_URI="http://u:pw@host/other"))
    assert "pw" not in str(caught.value)


def test_load_at_start() -> None:
    late = image("load-at-start", None)
    for store in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        named = settings(MLFLOW_MODEL_URI="runs:/a/b", **{store: "http://store"})
        assert choose_source(late, named) == RemoteModel("runs:/a/b")
    assert choose_source(late, settings(MLFLOW_MODEL_URI="/mnt/model")) == RemoteModel("/mnt/model")
    with pytest.raises(ConfigurationError, match=r"^Please set the MLFLOW_TRACKING_URI environment variable"):
        choose_source(late, settings(MLFLOW_MODEL_URI="models:/iris/1"))
    with pytest.raises(ConfigurationError, match=r"^Please set the MLFLOW_MODEL_URI environment variable$"):
        choose_source(late, settings())


def test_image_file(tmp_path: Path) -> None:
    path = tmp_path / "image.json"
    fields = {"model_uri": "a", "pinned_uri": None, "model_source": "baked", "caisson_version": "0.1.0"}
    path.write_text(json.dumps(fields))
    assert read_image_file(path) == ImageFile("a", None, "baked", "0.1.0")
    with pytest.raises(StartupError, match="cannot read"):
        read_image_file(tmp_path / "absent.json")
    for broken in ("{", "[]", "{}", json.dumps({**fields, "model_source": "elsewhere"})):
        path.write_text(broken)
        with pytest.raises(StartupError, match="is not an image file"):
            read_image_file(path)


def test_requirements_that_are_met() -> None:
    assert not unsatisfied(
        [
            f"mlflow=={mlflow.__version__}",
            "# a comment",
            "",
            "-r other.txt",
            "--hash=sha256:00",
            "NumPy>=1 # why",
            "scikit_learn",
            "pandas[performance]>=1",
            "nobody; python_version < '3'",
            "./wheels/x.whl",
            "git+https://host/x.git",
        ]
    )


def test_the_small_part_of_mlflow_stands_for_mlflow(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {"mlflow-skinny": "3.1.0"}

    def version(name: str) -> str:
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(metadata, "version", version)
    assert unsatisfied(["mlflow==3.1.0", "MLflow>=3"]) == []
    assert unsatisfied(["mlflow==3.2.0"]) == ["mlflow==3.2.0 (installed: 3.1.0)"]
    versions["mlflow"] = "3.2.0"
    assert unsatisfied(["mlflow==3.1.0"]) == ["mlflow==3.1.0 (installed: 3.2.0)"]
    versions.clear()
    assert unsatisfied(["mlflow==3.1.0"]) == ["mlflow==3.1.0 (missing)"]


def test_requirements_that_are_not_met() -> None:
    from numpy import __version__ as installed  # noqa: PLC0415

    assert unsatisfied(["numpy==1.0.1", "no-such-package>=2", "also.missing"]) == [
        f"numpy==1.0.1 (installed: {installed})",
        "no-such-package>=2 (missing)",
        "also.missing (missing)",
    ]


def test_a_model_without_requirements_passes(tmp_path: Path) -> None:
    check_requirements(tmp_path)
    (tmp_path / "requirements.txt").write_text("no-such-package==1\n")
    with pytest.raises(StartupError, match=r"no-such-package==1 \(missing\)"):
        check_requirements(tmp_path)


def test_a_port_in_use() -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StartupError, match=f"cannot listen on port {port}: Address already in use"):
            listen(port)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_listens_on_both_families(host: str) -> None:
    with listen(0) as listener:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as peer:
            if family == socket.AF_INET6 and listener.family == socket.AF_INET:
                pytest.skip("this machine has no IPv6")
            peer.connect((host, listener.getsockname()[1]))
