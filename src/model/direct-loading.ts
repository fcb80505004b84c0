import { asMapping, asText } from './yaml.ts';

type Mapping = Readonly<Record<string, unknown>>;

/** The flavors that the server loads by itself, and how their MLmodel says that it can (templates/runtime: model/direct). */
const DIRECT_FLAVORS: Readonly<Record<string, (flavor: Mapping) => boolean>> = {
  sklearn: (flavor) =>
    ['pickle', 'cloudpickle', 'skops', undefined].includes(asText(flavor['serialization_format'])),
  xgboost: (flavor) =>
    /^xgboost\.(core\.Booster|sklearn\.XGB(Classifier|Regressor|Ranker|RFClassifier|RFRegressor|Model))$/.test(
      asText(flavor['model_class']) ?? 'xgboost.core.Booster',
    ),
  lightgbm: () => true,
  catboost: (flavor) => /^CatBoost(Classifier|Regressor|Ranker)?$/.test(asText(flavor['model_type']) ?? ''),
  onnx: () => true,
  statsmodels: () => true,
};

/** Members of `metadata` that change how MLflow loads or predicts. */
const OWN_METADATA = ['dependencies_schemas', 'mlflow.model.isExternal', 'mlflow.model.is_external'];

/**
 * Whether the server loads a model of this MLmodel without MLflow. The server decides again when it loads, and looks at more; where it
 * then wants MLflow and the image has none, the self-test of the image says so.
 */
export function isLoadedDirectly(root: Mapping): boolean {
  const flavors = asMapping(root['flavors']) ?? {};
  const pyfunc = asMapping(flavors['python_function']) ?? {};
  const name = /^mlflow\.(\w+)$/.exec(asText(pyfunc['loader_module']) ?? '')?.[1] ?? '';
  const flavor = asMapping(flavors[name]);
  if (flavor === undefined || !Object.hasOwn(DIRECT_FLAVORS, name)) return false;
  return DIRECT_FLAVORS[name]?.(flavor) === true && !demandsMlflow(root, pyfunc);
}

function demandsMlflow(root: Mapping, pyfunc: Mapping): boolean {
  const metadata = asMapping(root['metadata']) ?? {};
  return (
    !/^([123](\.|$)|$)/.test(asText(root['mlflow_version']) ?? '') ||
    isSet(root['env_vars']) ||
    isSet(root['is_signature_from_type_hint']) ||
    isSet(root['type_hint_from_example']) ||
    isSet(pyfunc['config']) ||
    isSet(pyfunc['streamable']) ||
    OWN_METADATA.some((key) => Object.hasOwn(metadata, key))
  );
}

/** As Python sees it: not null, not false, not empty. */
function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  const mapping = asMapping(value);
  if (mapping !== undefined) return Object.keys(mapping).length > 0;
  return !['', 'false', 'null', 'none', '~', '0', undefined].includes(asText(value)?.toLowerCase());
}
