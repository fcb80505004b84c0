import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseMlModel } from '../../../src/model/mlmodel.ts';
import { ROOT } from '../../support/environment.ts';

const flavor = (name: string, lines: readonly string[] = [], more = ''): string =>
  [
    'flavors:',
    '  python_function:',
    `    loader_module: mlflow.${name}`,
    `  ${name}:`,
    '    version: "1"',
    ...lines.map((line) => `    ${line}`),
    'mlflow_version: 3.17.2',
    more,
  ].join('\n');

const loading = (text: string): string => parseMlModel(text).loading;

describe('which models the server loads itself', () => {
  it.each([
    ['sklearn', flavor('sklearn', ['serialization_format: cloudpickle'])],
    ['sklearn of old', flavor('sklearn')],
    ['an xgboost booster', flavor('xgboost')],
    ['an xgboost classifier', flavor('xgboost', ['model_class: xgboost.sklearn.XGBClassifier'])],
    ['lightgbm', flavor('lightgbm')],
    ['catboost', flavor('catboost', ['model_type: CatBoostRegressor'])],
    ['onnx', flavor('onnx')],
    ['statsmodels', flavor('statsmodels')],
    ['metadata of the user', flavor('sklearn', [], 'metadata: {team: ml}')],
    ['empty demands', flavor('sklearn', [], 'env_vars: null\nis_signature_from_type_hint: false')],
  ])('%s', (_, text) => {
    expect(loading(text)).toBe('direct');
  });

  it.each([
    ['a python model', flavor('pyfunc.model')],
    ['another library', flavor('pytorch')],
    ['a name of Object', flavor('constructor')],
    ['another format', flavor('sklearn', ['serialization_format: joblib'])],
    ['another class', flavor('xgboost', ['model_class: mine.Booster'])],
    ['a type of CatBoost that is not known', flavor('catboost', ['model_type: CatPool'])],
    ['variables that it needs', flavor('sklearn', [], 'env_vars: [OPENAI_API_KEY]')],
    ['a type hint', flavor('sklearn', [], 'is_signature_from_type_hint: true')],
    ['metadata that MLflow reads', flavor('sklearn', [], 'metadata: {dependencies_schemas: {}}')],
    ['an MLflow to come', flavor('sklearn').replace('3.17.2', '4.0.0')],
  ])('not %s', (_, text) => {
    expect(loading(text)).toBe('mlflow');
  });

  it.each(['mlflow2-iris-columns', 'mlflow3-iris-columns', 'mlflow3-iris-tensor'])('%s', (name) => {
    expect(loading(readFileSync(join(ROOT, 'fixtures/models', name, 'MLmodel'), 'utf8'))).toBe('direct');
  });
});
