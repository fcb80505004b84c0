"""MLflow's own scoring application, and caisson's scoring without HTTP, around one saved model."""

from __future__ import annotations

import asyncio
import inspect
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import httpx
import mlflow.pyfunc
from mlflow.pyfunc import scoring_server

from caisson_server.enforcement.enforce import enforce
from caisson_server.enforcement.params import with_defaults_cast
from caisson_server.model.direct.model import DirectModel
from caisson_server.model.direct.plan import plan_direct
from caisson_server.model.load import load_model
from caisson_server.model.mlflow_errors import as_request_error
from caisson_server.model.mlmodel import read_mlmodel
from caisson_server.model.options import LoadOptions
from caisson_server.model.port import Enforced, Model
from caisson_server.model.pyfunc import PyfuncModel, load_pyfunc
from caisson_server.redaction import path_hider
from caisson_server.scoring.invocations import InvocationsDialect
from caisson_server.scoring.port import Call, Dialect
from caisson_server.scoring.predict import PredictDialect
from caisson_server.scoring.scorer import Scorer
from caisson_server.startup.arguments import MODEL_FOLDER
from caisson_server.web.answer import Answer


class Response:
    """An answer, read as test clients of HTTP let it be read."""

    def __init__(self, answer: Answer) -> None:
        self.status_code = answer.status
        self.headers = {"content-type": answer.content_type}
        self.content = answer.body
        self.text = answer.body.decode()
        self.outcome = answer.outcome

    def json(self) -> Any:
        return json.loads(self.content)


class ScoringClient:
    """The scoring routes of one model, called as by HTTP."""

    def __init__(self, model: Model, folder: Path, handler: Any = None) -> None:
        hide_paths = path_hider([folder, MODEL_FOLDER])
        self.model = model
        self.scorer = Scorer(model)
        self.dialects: Dict[str, Dialect] = {
            "/invocations": InvocationsDialect(model, hide_paths),
            "/predict": PredictDialect(model, hide_paths, handler),
        }

    def post(
        self, path: str, *, content: bytes = b"", json: Any = None, headers: Optional[Mapping[str, str]] = None
    ) -> Response:
        """Either `content` or `json` is sent."""
        body = content if json is None else _as_bytes(json)
        return Response(self.scorer.score(self.dialects[path], call_of(body, headers)))

    def post_together(self, path: str, bodies: Sequence[Tuple[bytes, Optional[str]]]) -> List[Response]:
        """Several bodies with their content types, as if they had come at the same time."""
        calls = [(self.dialects[path], call_of(body, _content_type(kind))) for body, kind in bodies]
        return [Response(answer) for answer in self.scorer.score_together(calls)]


class AsgiClient:
    """Sends requests to an ASGI application, in one event loop for all."""

    def __init__(self, app: Any) -> None:
        self._loop = asyncio.new_event_loop()
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://testserver")

    def post(self, path: str, **options: Any) -> Any:
        return self.request("POST", path, **options)

    def request(self, method: str, path: str, **options: Any) -> Any:
        return self._loop.run_until_complete(self._client.request(method, path, **options))


@dataclass(frozen=True)
class Pair:
    mlflow: Any
    #: The model by mlflow.pyfunc, which also enforces the signature.
    caisson: ScoringClient
    #: The same model with the signature enforced here, loaded without MLflow where its flavor allows.
    direct: ScoringClient
    #: What MLflow answered, by content type and body.
    answers: Dict[Tuple[Optional[str], bytes], Any] = field(default_factory=dict)


class EnforcedHere(PyfuncModel):
    """A model of Python code behind this server's enforcement instead of MLflow's."""

    def __init__(self, folder: Path) -> None:
        pyfunc = mlflow.pyfunc.load_model(str(folder))
        super().__init__(pyfunc, read_mlmodel(folder), "")
        self._run = pyfunc._predict_fn  # noqa: SLF001 - what MLflow calls with data that it has enforced
        self._params = with_defaults_cast(self.signature.params)

    def enforce(self, data: Any, params: Any) -> Enforced:
        signature = type(self.signature)(self.signature.inputs, params=self._params)
        return Enforced(*enforce(data, params, signature))

    def run(self, enforced: Enforced) -> Any:
        takes_params = "params" in inspect.signature(self._run).parameters
        try:
            return self._run(enforced.data, **({"params": enforced.params} if takes_params else {}))
        except Exception as error:
            refusal = as_request_error(error)
            if refusal is None:
                raise
            raise refusal from error


def call_of(body: bytes, headers: Optional[Mapping[str, str]] = None) -> Call:
    given = {name.lower(): value for name, value in (headers or {}).items()}
    encoded = {name.encode(): value.encode() for name, value in given.items()}
    return Call(body, given.get("content-type"), given.get("x-request-id", "a-request"), encoded)


def load_direct(folder: Path) -> DirectModel:
    """The model, never by MLflow."""
    return DirectModel(plan_direct(folder, read_mlmodel(folder), LoadOptions()))


def load_enforced(folder: Path) -> Model:
    mlmodel = read_mlmodel(folder)
    if not mlmodel["flavors"]["python_function"]["loader_module"].startswith("mlflow.pyfunc."):
        return load_direct(folder)
    if mlmodel.get("is_signature_from_type_hint"):
        return load_model(folder, LoadOptions())
    return EnforcedHere(folder)


def application(folder: Path) -> ScoringClient:
    """caisson's scoring routes with the model of the folder loaded by mlflow.pyfunc."""
    return ScoringClient(load_pyfunc(folder, None), folder)


def client(app: Any) -> Any:
    """A test client of an ASGI application. caisson's scoring is its own."""
    return app if isinstance(app, ScoringClient) else AsgiClient(app)


def pair(folder: Path) -> Pair:
    reference = scoring_server.init(mlflow.pyfunc.load_model(str(folder)))
    return Pair(client(reference), application(folder), ScoringClient(load_enforced(folder), folder))


def _as_bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _content_type(content_type: Optional[str]) -> Dict[str, str]:
    return {} if content_type is None else {"content-type": content_type}
