"""The routes of one model: predictions in every protocol, and what describes it."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Optional

from ..azureml.dialect import AzureDialect
from ..handler import Handler, load_handler
from ..metrics.families import ModelInfo
from ..model.mlmodel import read_mlmodel
from ..model.port import Model
from ..openapi.description import Description, output_schema
from ..openapi.example import saved_example
from ..openinference import metadata
from ..openinference.dialect import OpenInferenceDialect
from ..openinference.identity import identify
from ..openinference.paths import MODEL, SERVER
from ..process.context import Context
from ..redaction import HidePaths, path_hider, strip_secrets
from ..scoring.invocations import InvocationsDialect
from ..scoring.predict import PredictDialect
from ..web.routes import RouteTable
from . import table
from .described import described
from .labels import INVOCATIONS, METRICS, PREDICT, SCORE
from .metrics_page import metrics_page

_CAISSON_FOLDER = Path(__file__).resolve().parents[3]


class ModelRoutes:
    """Raises StartupError for a handler that cannot be used."""

    def __init__(self, model: Model, context: Context, info: Callable[[str], ModelInfo]) -> None:
        """`info` makes the labels of the model's metric from its name."""
        self._model = model
        self._context = context
        mlmodel = read_mlmodel(context.model_folder)
        self._outputs = output_schema(mlmodel)
        self._example = saved_example(context.model_folder, mlmodel)
        self.identity = identify(context.model_uri, context.settings.model_name)
        self._info = info(self.identity.name)
        self._handler = _handler(context)
        self._hide_paths: HidePaths = path_hider((context.model_folder, _CAISSON_FOLDER))

    def main(self) -> RouteTable:
        """Everything, for the main port; with the metrics unless they have a port of their own."""
        is_ready = self._is_ready
        routes = {
            **table.probes(is_ready, self._model.mlflow_version),
            **self._predictions(),
            **self._open_inference(),
            **described(self._description()),
        }
        if self._context.settings.metrics_port is None:
            routes[METRICS] = metrics_page(self._context.metrics, self._info)
        return RouteTable(routes, table.words_of)

    def beside(self) -> RouteTable:
        """For the metrics' own port."""
        page = metrics_page(self._context.metrics, self._info)
        return RouteTable({**table.health_only(self._is_ready), METRICS: page})

    def _predictions(self) -> table.Routes:
        model, hide = self._model, self._hide_paths
        return table.predictions(
            {
                INVOCATIONS: InvocationsDialect(model, hide),
                PREDICT: PredictDialect(model, hide, self._handler),
                SCORE: AzureDialect(model, hide),
            }
        )

    def _open_inference(self) -> table.Routes:
        model = self._model
        bodies = {
            SERVER: metadata.server_metadata(self._context.image.caisson_version),
            MODEL: metadata.model_metadata(self.identity, model.signature, self._outputs, model.loader),
        }
        dialect = OpenInferenceDialect(model, self.identity, self._outputs, self._hide_paths)
        return table.open_inference(self.identity, dialect, self._is_ready, bodies)

    def _description(self) -> Description:
        context, model = self._context, self._model
        return Description(
            signature=model.signature,
            identity=self.identity,
            outputs=self._outputs,
            example=self._example,
            model_uri=strip_secrets(context.model_uri),
            loader=model.loader,
            mlflow_version=model.mlflow_version,
            caisson_version=context.image.caisson_version,
            needs_api_key=context.settings.api_key_file is not None,
            has_metrics=context.settings.metrics_port is None,
            has_handler=self._handler is not None,
        )

    def _is_ready(self) -> bool:
        return self._context.slot.is_ready


def _handler(context: Context) -> Optional[Handler]:
    name = context.image.handler
    return None if name is None else load_handler(context.settings.image_file.parent / name)
