"""Requests of the Open Inference Protocol to a saved model, without HTTP."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, Optional

from caisson_server.model.load import load_model
from caisson_server.model.options import LoadOptions
from caisson_server.model.port import Model
from caisson_server.openinference.dialect import OpenInferenceDialect
from caisson_server.openinference.identity import Identity
from caisson_server.scoring.port import Call
from caisson_server.scoring.scorer import Scorer
from caisson_server.signature.types import Schema
from caisson_server.web.answer import BAD_INPUT, OK, Answer
from support.models import ModelShelf

REQUEST_ID = "request-7"
IDENTITY = Identity("m", "3")


class Asker:
    """Sends bodies to models by name; loads each once."""

    def __init__(self, shelf: ModelShelf) -> None:
        self._shelf = shelf
        self._models: Dict[str, Model] = {}

    def model(self, name: str) -> Model:
        if name not in self._models:
            self._models[name] = load_model(self._shelf.folder(name), LoadOptions())
        return self._models[name]

    def post(
        self, name: str, body: bytes, headers: Optional[Mapping[bytes, bytes]] = None, outputs: Optional[Schema] = None
    ) -> Answer:
        model = self.model(name)
        dialect = OpenInferenceDialect(model, IDENTITY, outputs, lambda text: text.replace("/opt/ml", "<path>"))
        answer: Answer = Scorer(model).score(dialect, Call(body, "application/json", REQUEST_ID, headers or {}))
        return answer

    def infer(self, name: str, inputs: Any, **members: Any) -> Answer:
        return self.post(name, json.dumps({"inputs": inputs, **members}).encode())


def tensor(name: Any, shape: Any, datatype: Any, data: Any, **parameters: Any) -> Dict[str, Any]:
    fields = {"name": name, "shape": shape, "datatype": datatype, "data": data}
    return {**fields, "parameters": parameters} if parameters else fields


def outputs_of(answer: Answer) -> Dict[str, Any]:
    """The outputs of a good answer, by name."""
    assert (answer.status, answer.outcome) == (200, OK), answer.body
    body = json.loads(answer.body)
    assert (body["model_name"], body["model_version"]) == ("m", "3")
    return {output.pop("name"): output for output in body["outputs"]}


def error_of(answer: Answer) -> str:
    """The text of a refusal."""
    assert (answer.status, answer.outcome) == (400, BAD_INPUT), answer.body
    assert answer.content_type == "application/json"
    body = json.loads(answer.body)
    assert list(body) == ["error"]
    return str(body["error"])


def seen_by_model(answer: Answer) -> Any:
    """What the model of model_code/describe.py says of its input."""
    output = outputs_of(answer)["input"]
    if output.get("parameters") == {"content_type": "pd_json"} and output["shape"] == [1]:
        return json.loads(output["data"][0])
    values: List[Any] = output["data"]
    return [json.loads(value) if "parameters" in output else value for value in values]
