"""schemathesis makes requests from /openapi.json: the real server must answer none with a 5xx, and all as it says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.models import ModelShelf
from support.process import ServerProcess, write_image

#: What depends on the server alone. Whether a model refuses a number is its own business.
_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
)


def _hooks() -> dict[str, str]:
    """Newer versions can send CSV by themselves."""
    if sys.version_info >= (3, 10):
        return {}
    return {"SCHEMATHESIS_HOOKS": "support.schemathesis_hooks", "PYTHONPATH": str(Path(__file__).parent)}


@pytest.mark.parametrize("model", ["iris_named", "echo_all_types", "describe_images"])
def test_no_server_error_and_nothing_undocumented(tmp_path: Path, shelf: ModelShelf, model: str) -> None:
    with ServerProcess(write_image(tmp_path), shelf.folder(model), environ={"CAISSON_ACCESS_LOG": "off"}) as server:
        server.wait_ready()
        command = Path(sys.executable).with_name("schemathesis")
        options = ["--checks", ",".join(_CHECKS), "--max-examples", "20", "--seed", "1", "--no-color"]
        run = subprocess.run(
            [str(command), "run", f"{server.url}/openapi.json", *options],
            cwd=tmp_path,
            env={**os.environ, **_hooks()},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
        assert server.process.poll() is None
