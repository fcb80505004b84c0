"""Models of XGBoost, LightGBM and CatBoost."""

# ruff: noqa: PLC0415 - a library is imported by those who save a model of it

from __future__ import annotations

from typing import Any, Mapping, Optional

from mlflow.models import ModelSignature, infer_signature

from .common import Save, iris_classes, iris_table, mixed_table, of_flavor, params_of, people, unnamed


def _xgboost_booster(table: Any = None, signature: Optional[ModelSignature] = None, **options: Any) -> Any:
    import xgboost

    table = iris_table() if table is None else table
    matrix = xgboost.DMatrix(table, label=iris_classes())
    model = xgboost.train({"objective": "multi:softprob", "num_class": 3, "nthread": 1}, matrix, 5)
    return model, signature or infer_signature(table), options


def _xgboost_booster_params() -> Any:
    signature = infer_signature(iris_table())
    signature.params = params_of(output_margin=False, strict_shape=False, nobody=1)
    return _xgboost_booster(signature=signature)


def _xgboost_unsigned() -> Any:
    model, _, _ = _xgboost_booster(iris_table().to_numpy())
    return model, None


def _xgboost_classifier(table: Any = None) -> Any:
    import xgboost

    table = iris_table() if table is None else table
    model = xgboost.XGBClassifier(n_estimators=5, n_jobs=1).fit(table, iris_classes())
    return model, infer_signature(table)


def _xgboost_regressor_params() -> Any:
    import xgboost

    table = iris_table().to_numpy()
    model = xgboost.XGBRegressor(n_estimators=5, n_jobs=1).fit(table, iris_classes())
    signature = unnamed(table)
    signature.params = params_of(output_margin=False, iteration_range=[0, 5], nobody="x")
    return model, signature


def _lightgbm_booster(table: Any = None) -> Any:
    import lightgbm

    table = iris_table() if table is None else table
    parameters = {"objective": "multiclass", "num_class": 3, "verbosity": -1, "num_threads": 1}
    model = lightgbm.train(parameters, lightgbm.Dataset(table, iris_classes()), 5)
    return model, infer_signature(table)


def _lightgbm_classifier() -> Any:
    import lightgbm

    table = iris_table()
    model = lightgbm.LGBMClassifier(n_estimators=5, verbosity=-1, n_jobs=1).fit(table, iris_classes())
    signature = infer_signature(table, params={"raw_score": True})
    return model, signature


def _lightgbm_unnamed() -> Any:
    import lightgbm

    table = iris_table().to_numpy()
    model = lightgbm.LGBMRegressor(n_estimators=5, verbosity=-1, n_jobs=1).fit(table, iris_classes())
    return model, unnamed(table)


def _catboost(name: str, table: Any = None, **options: Any) -> Any:
    import catboost

    table = iris_table() if table is None else table
    settings = {"iterations": 5, "verbose": False, "thread_count": 1, "allow_writing_files": False, **options}
    return getattr(catboost, name)(**settings).fit(table, iris_classes()), infer_signature(table)


def _catboost_of_mixed_types() -> Any:
    import catboost

    table = mixed_table()
    model = catboost.CatBoost({"iterations": 5, "verbose": False, "allow_writing_files": False})
    return model.fit(table, iris_classes()), infer_signature(table)


def _catboost_of_texts() -> Any:
    import catboost

    table = people()[["city", "income"]]
    model = catboost.CatBoostRegressor(iterations=5, verbose=False, allow_writing_files=False, cat_features=["city"])
    return model.fit(table, [0, 1, 0, 1, 1, 0]), infer_signature(table)


BOOSTING_MODELS: Mapping[str, Save] = {
    "xgboost_booster": of_flavor("xgboost", _xgboost_booster),
    "xgboost_booster_params": of_flavor("xgboost", _xgboost_booster_params),
    "xgboost_unsigned": of_flavor("xgboost", _xgboost_unsigned),
    "xgboost_classifier": of_flavor("xgboost", _xgboost_classifier, model_format="json"),
    "xgboost_regressor_params": of_flavor("xgboost", _xgboost_regressor_params),
    "xgboost_mixed": of_flavor("xgboost", lambda: _xgboost_classifier(mixed_table())),
    "lightgbm_booster": of_flavor("lightgbm", _lightgbm_booster),
    "lightgbm_mixed": of_flavor("lightgbm", lambda: _lightgbm_booster(mixed_table())),
    "lightgbm_classifier": of_flavor("lightgbm", _lightgbm_classifier, serialization_format="cloudpickle"),
    "lightgbm_unnamed": of_flavor("lightgbm", _lightgbm_unnamed, serialization_format="cloudpickle"),
    "catboost_classifier": of_flavor("catboost", lambda: _catboost("CatBoostClassifier")),
    "catboost_regressor": of_flavor("catboost", lambda: _catboost("CatBoostRegressor", iris_table().to_numpy())),
    "catboost_mixed": of_flavor("catboost", _catboost_of_mixed_types),
    "catboost_texts": of_flavor("catboost", _catboost_of_texts),
}
