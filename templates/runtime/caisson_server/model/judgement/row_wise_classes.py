"""scikit-learn's estimators that treat each row as if it were alone.

How the lists were judged: by reading `transform`, `predict` and `predict_proba` of scikit-learn 1.0 to 1.9. In:
everything learned is fixed after `fit`, and the methods map a row to a row (matrix products, trees, tables of
categories). Out, on purpose:

- what compares rows with stored rows by distance (neighbours, KMeans, NearestCentroid, KNNImputer): two distances that
  are equal up to rounding may fall either way, and the rounding depends on how many rows are computed together;
- what draws random numbers or iterates when it predicts (LatentDirichletAllocation, IterativeImputer, NMF,
  dictionaries);
- what looks at all rows first (MissingIndicator, LocalOutlierFactor without novelty, Birch);
- Gaussian processes, whose matrices grow with the request;
- classes that hold functions of the user, but for FunctionTransformer without one.

Matrix products may round the last bit otherwise for one row than for many. Whoever puts requests together has to
compare the two with real rows.

Names are public ones, `sklearn.linear_model.LogisticRegression`; a class counts only when it is that very class.
"""

from __future__ import annotations

from typing import FrozenSet, Mapping, Tuple


def _all(package: str, names: str) -> Tuple[str, ...]:
    return tuple(f"{package}.{name}" for name in names.split())


_LINEAR = """ARDRegression BayesianRidge ElasticNet ElasticNetCV GammaRegressor HuberRegressor Lars LarsCV Lasso LassoCV
LassoLars LassoLarsCV LassoLarsIC LinearRegression LogisticRegression LogisticRegressionCV MultiTaskElasticNet
MultiTaskElasticNetCV MultiTaskLasso MultiTaskLassoCV OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV
PassiveAggressiveClassifier PassiveAggressiveRegressor Perceptron PoissonRegressor QuantileRegressor Ridge RidgeCV
RidgeClassifier RidgeClassifierCV SGDClassifier SGDOneClassSVM SGDRegressor TheilSenRegressor TweedieRegressor"""
_ENSEMBLES = """ExtraTreesClassifier ExtraTreesRegressor HistGradientBoostingClassifier HistGradientBoostingRegressor
IsolationForest RandomForestClassifier RandomForestRegressor RandomTreesEmbedding"""
_SCALERS = """Binarizer KBinsDiscretizer MaxAbsScaler MinMaxScaler Normalizer PolynomialFeatures PowerTransformer
QuantileTransformer RobustScaler SplineTransformer StandardScaler"""
_SELECTION = """GenericUnivariateSelect SelectFdr SelectFpr SelectFromModel SelectFwe SelectKBest
SelectPercentile SequentialFeatureSelector VarianceThreshold"""

#: Estimators that hold no others, or none that they use after `fit`, and give the same for an array as for a DataFrame.
ARRAYS: FrozenSet[str] = frozenset(
    _all("sklearn.linear_model", _LINEAR)
    + _all("sklearn.tree", "DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor")
    + _all("sklearn.ensemble", _ENSEMBLES)
    + _all("sklearn.svm", "LinearSVC LinearSVR NuSVC NuSVR OneClassSVM SVC SVR")
    + _all("sklearn.naive_bayes", "BernoulliNB ComplementNB GaussianNB MultinomialNB")
    + _all("sklearn.discriminant_analysis", "LinearDiscriminantAnalysis QuadraticDiscriminantAnalysis")
    + _all("sklearn.neural_network", "MLPClassifier MLPRegressor")
    + _all("sklearn.dummy", "DummyClassifier DummyRegressor")
    + _all("sklearn.kernel_ridge", "KernelRidge")
    + _all("sklearn.cross_decomposition", "PLSRegression")
    + _all("sklearn.preprocessing", _SCALERS)
    + _all("sklearn.impute", "SimpleImputer")
    + _all("sklearn.feature_selection", _SELECTION)
    + _all("sklearn.decomposition", "PCA IncrementalPCA TruncatedSVD FactorAnalysis FastICA")
    + _all("sklearn.random_projection", "GaussianRandomProjection SparseRandomProjection")
    + _all("sklearn.kernel_approximation", "Nystroem RBFSampler")
    + _all("sklearn.covariance", "EllipticEnvelope")
)

#: Estimators that treat the columns of a DataFrame each by its own type, or take texts.
FRAMES: FrozenSet[str] = frozenset(
    _all("sklearn.preprocessing", "OneHotEncoder OrdinalEncoder TargetEncoder")
    + _all("sklearn.feature_extraction", "DictVectorizer FeatureHasher")
    + _all("sklearn.feature_extraction.text", "CountVectorizer HashingVectorizer TfidfTransformer TfidfVectorizer")
    + _all("sklearn.isotonic", "IsotonicRegression")
    + _all("xgboost", "XGBClassifier XGBModel XGBRFClassifier XGBRFRegressor XGBRanker XGBRegressor")
    + _all("lightgbm", "LGBMClassifier LGBMRanker LGBMRegressor")
    + _all("catboost", "CatBoost CatBoostClassifier CatBoostRanker CatBoostRegressor")
)

#: Estimators that use others after `fit`, and the attributes that hold them. They are as certain as what they hold.
HOLDERS: Mapping[str, Tuple[str, ...]] = {
    "sklearn.pipeline.Pipeline": ("steps",),
    "sklearn.pipeline.FeatureUnion": ("transformer_list",),
    "sklearn.compose.ColumnTransformer": ("transformers_",),
    "sklearn.compose.TransformedTargetRegressor": ("regressor_", "transformer_"),
    "sklearn.calibration.CalibratedClassifierCV": ("calibrated_classifiers_",),
    "sklearn.ensemble.AdaBoostClassifier": ("estimators_",),
    "sklearn.ensemble.AdaBoostRegressor": ("estimators_",),
    "sklearn.ensemble.BaggingClassifier": ("estimators_",),
    "sklearn.ensemble.BaggingRegressor": ("estimators_",),
    "sklearn.ensemble.StackingClassifier": ("estimators_", "final_estimator_"),
    "sklearn.ensemble.StackingRegressor": ("estimators_", "final_estimator_"),
    "sklearn.ensemble.VotingClassifier": ("estimators_",),
    "sklearn.ensemble.VotingRegressor": ("estimators_",),
    "sklearn.ensemble.GradientBoostingClassifier": ("init_",),
    "sklearn.ensemble.GradientBoostingRegressor": ("init_",),
    "sklearn.feature_selection.RFE": ("estimator_",),
    "sklearn.feature_selection.RFECV": ("estimator_",),
    "sklearn.model_selection.FixedThresholdClassifier": ("estimator_",),
    "sklearn.model_selection.GridSearchCV": ("best_estimator_",),
    "sklearn.model_selection.HalvingGridSearchCV": ("best_estimator_",),
    "sklearn.model_selection.HalvingRandomSearchCV": ("best_estimator_",),
    "sklearn.model_selection.RandomizedSearchCV": ("best_estimator_",),
    "sklearn.model_selection.TunedThresholdClassifierCV": ("estimator_",),
    "sklearn.multiclass.OneVsOneClassifier": ("estimators_",),
    "sklearn.multiclass.OneVsRestClassifier": ("estimators_",),
    "sklearn.multioutput.ClassifierChain": ("estimators_",),
    "sklearn.multioutput.MultiOutputClassifier": ("estimators_",),
    "sklearn.multioutput.MultiOutputRegressor": ("estimators_",),
    "sklearn.multioutput.RegressorChain": ("estimators_",),
}

#: Of these, the ones that hand parts of a DataFrame on by the names of its columns.
BY_NAME: FrozenSet[str] = frozenset(("sklearn.compose.ColumnTransformer",))

#: Constructor arguments that can be functions of the user, which are called when the estimator predicts.
FUNCTIONS = ("analyzer", "func", "inverse_func", "kernel", "metric", "preprocessor", "tokenizer")
