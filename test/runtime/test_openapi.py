"""`/openapi.json`: valid for every kind of signature, and its examples are good requests."""

from __future__ import annotations

import json
import sys
from subprocess import run
from typing import Any, Callable, Dict

import pytest
from openapi_spec_validator import validate

from caisson_server.azureml.dialect import AzureDialect
from caisson_server.model.load import load_model
from caisson_server.model.options import LoadOptions
from caisson_server.openapi.description import Description
from caisson_server.openapi.document import document
from caisson_server.openinference.dialect import OpenInferenceDialect
from caisson_server.openinference.identity import Identity
from caisson_server.scoring.invocations import InvocationsDialect
from caisson_server.scoring.port import Call
from caisson_server.scoring.predict import PredictDialect
from caisson_server.scoring.scorer import Scorer
from caisson_server.signature.types import (
    Schema,
    Signature,
    TensorSpec,
)
from support.descriptions import check, describe, examples, media_types, operations
from support.models import SAVED_MODELS, ModelShelf

SIGNED = [
    "iris_named",
    "iris_tensor",
    "iris_params",
    "multi_output",
    "text_features",
    "echo_all_types",
    "describe_all_types",
    "describe_nested",
    "describe_tensors",
    "describe_images",
    "describe_one_tensor",
    "describe_text_tensor",
    "describe_unnamed",
    "describe_one_text",
    "describe_one_array",
    "describe_params",
    "type_hints",
    *(model for model in SAVED_MODELS if model != "mlflow2-iris-no-signature"),
]
UNSIGNED = ["iris_unsigned", "returns", "no_params", "configured", "mlflow2-iris-no-signature"]


@pytest.mark.parametrize("model", [*SIGNED, *UNSIGNED])
def test_the_document_is_valid(shelf: ModelShelf, model: str) -> None:
    described = document(
        describe(shelf.folder(model), needs_api_key=model.startswith("iris"), identity=Identity("a {b}/c", "7"))
    )
    validate(json.loads(json.dumps(described)))
    names = [one["operationId"] for one in operations(described).values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("model", SIGNED)
def test_the_examples_fit_their_schemas(shelf: ModelShelf, model: str) -> None:
    described = document(describe(shelf.folder(model)))
    found = list(examples(described))
    assert {path for path, _, _, _ in found} == {
        "/predict",
        "/invocations",
        "/score",
        "/v2/models/iris/infer",
        "/v2/models/iris/versions/7/infer",
    }
    for _, _, schema, value in found:
        check(schema, value, described)


@pytest.mark.parametrize("model", SIGNED)
def test_the_examples_are_good_requests(shelf: ModelShelf, model: str) -> None:
    loaded = load_model(shelf.folder(model), LoadOptions())
    hide: Callable[[str], str] = str
    dialects: Dict[str, Any] = {
        "/predict": PredictDialect(loaded, hide),
        "/invocations": InvocationsDialect(loaded, hide),
        "/score": AzureDialect(loaded, hide),
        "/v2/models/iris/infer": OpenInferenceDialect(loaded, Identity("iris"), None, hide),
    }
    scorer = Scorer(loaded)
    for path, content_type, _, value in examples(document(describe(shelf.folder(model)))):
        body = value.encode() if isinstance(value, str) else json.dumps(value).encode()
        if path in dialects:
            answer = scorer.score(dialects[path], Call(body, content_type, "id", {}))
            assert answer.status == 200, (path, value, answer.body)


@pytest.mark.parametrize("model", UNSIGNED)
def test_nothing_is_made_up_for_a_model_without_a_signature(shelf: ModelShelf, model: str) -> None:
    described = document(describe(shelf.folder(model)))
    assert list(examples(described)) == []
    check(described["components"]["schemas"]["PredictRequest"], {"inputs": {"any": ["thing"]}}, described)


def test_the_saved_example_comes_first(shelf: ModelShelf) -> None:
    described = document(describe(shelf.folder("mlflow2-iris-columns")))
    values = [value for path, kind, _, value in examples(described) if (path, kind) == ("/predict", "application/json")]
    assert values == [{"inputs": [[5.1, 3.5, 1.4, 0.2], [4.9, 3.0, 1.4, 0.2]]}]


def test_csv_is_offered_where_it_can_be_read(shelf: ModelShelf) -> None:
    def offers_csv(model: str) -> bool:
        return any(kind == "text/csv" for _, kind, _ in media_types(document(describe(shelf.folder(model)))))

    assert [offers_csv(model) for model in ("iris_named", "iris_tensor", "describe_nested", "iris_unsigned")] == [
        True,
        False,
        False,
        True,
    ]


def test_keys_are_asked_for_where_they_are_needed(shelf: ModelShelf) -> None:
    folder = shelf.folder("iris_named")
    plain = operations(document(describe(folder)))
    assert not any("401" in one["responses"] for one in plain.values())
    secured = document(describe(folder, needs_api_key=True))
    assert secured["security"] == [{"bearer": []}, {"apiKey": []}]
    probes = {
        f"get {path}"
        for path in (
            *("/ping", "/health", "/health/live", "/health/ready", "/version", "/v2/health/live", "/v2/health/ready"),
            *("/v2/models/iris/ready", "/v2/models/iris/versions/7/ready"),
        )
    }
    assert {name for name, one in operations(secured).items() if one.get("security") == []} == probes
    assert {name for name, one in operations(secured).items() if "401" not in one["responses"]} == probes


def test_statuses_of_scoring_routes(shelf: ModelShelf) -> None:
    found = operations(document(describe(shelf.folder("iris_named"))))
    shared = {"200", "400", "413", "500", "503", "504"}
    assert set(found["post /invocations"]["responses"]) == shared | {"415"}
    for path in ("/predict", "/score", "/v2/models/iris/infer"):
        assert set(found[f"post {path}"]["responses"]) == shared
    assert "Retry-After" in found["post /predict"]["responses"]["503"]["headers"]


def test_metrics_elsewhere_and_handlers(shelf: ModelShelf) -> None:
    folder = shelf.folder("iris_named")
    assert "/metrics" in document(describe(folder))["paths"]
    assert "/metrics" not in document(describe(folder, has_metrics=False))["paths"]
    handled = document(describe(folder, has_handler=True))
    check(handled["components"]["schemas"]["PredictRequest"], {"inputs": "anything"}, handled)
    assert "handler" in handled["paths"]["/predict"]["post"]["description"]


def test_large_tensors_have_no_example() -> None:
    image = Schema((TensorSpec("float32", (-1, 224, 224, 3), None),))
    described = document(Description(Signature(image), Identity("x")))
    assert list(examples(described)) == []
    assert len(json.dumps(described)) < 50_000


def test_a_description_needs_neither_numpy_nor_pandas() -> None:
    code = (
        "import sys; from caisson_server.openapi import document, page, example;"
        " print([name for name in ('numpy', 'pandas') if name in sys.modules])"
    )
    done = run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert done.stdout.strip() == "[]"
