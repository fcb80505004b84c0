import { describe, expect, it } from 'vitest';
import { parseMlModel } from '../../../src/model/mlmodel.ts';

const V3 = `artifact_path: mlflow-artifacts:/1/models/m-0123456789abcdef0123456789abcdef/artifacts
flavors:
  python_function:
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.sklearn
    model_path: model.pkl
    python_version: 3.11.7
  sklearn:
    pickled_model: model.pkl
    sklearn_version: 1.9.1
mlflow_version: 3.17.2
model_id: m-0123456789abcdef0123456789abcdef
run_id: 00000000000000000000000000000e10
saved_input_example_info:
  artifact_path: input_example.json
  serving_input_path: serving_input_example.json
  type: ndarray
signature:
  inputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 4]}}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
  params: null
utc_time_created: '2026-01-01 00:00:00.000000'
`;

const V1 = `flavors:
  python_function:
    data: model
    env: conda.yaml
    loader_module: mlflow.xgboost
    python_version: 3.10
  xgboost:
    data: model.xgb
`;

const minimal = (extra: string): string =>
  `flavors:\n  python_function:\n    loader_module: my_loader\n${extra}`;

describe('parseMlModel', () => {
  it('reads a model of MLflow 3', () => {
    expect(parseMlModel(V3)).toEqual({
      createdAt: '2026-01-01T00:00:00Z',
      loading: 'direct',
      runId: '00000000000000000000000000000e10',
      modelId: 'm-0123456789abcdef0123456789abcdef',
      mlflowVersion: '3.17.2',
      flavors: ['python_function', 'sklearn'],
      mainFlavor: 'sklearn',
      loaderModule: 'mlflow.sklearn',
      pythonVersion: '3.11.7',
      environmentFiles: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
      signature: {
        inputs: { kind: 'tensors', tensors: [{ dtype: 'float64', shape: [-1, 4] }] },
        outputs: { kind: 'tensors', tensors: [{ dtype: 'int64', shape: [-1] }] },
        params: [],
      },
      isSignatureFromTypeHint: false,
      environmentVariables: [],
      inputExample: { path: 'input_example.json', servingPath: 'serving_input_example.json' },
    });
  });

  it('reads a model of MLflow 1, whose environment is one file and whose numbers are text', () => {
    expect(parseMlModel(V1)).toEqual({
      loading: 'direct',
      flavors: ['python_function', 'xgboost'],
      mainFlavor: 'xgboost',
      loaderModule: 'mlflow.xgboost',
      pythonVersion: '3.10',
      environmentFiles: { conda: 'conda.yaml' },
      isSignatureFromTypeHint: false,
      environmentVariables: [],
    });
  });

  it('knows the variables that a model declares, and no other text', () => {
    const names = (list: string): readonly string[] =>
      parseMlModel(minimal(`env_vars: ${list}\n`)).environmentVariables;
    expect(names('[OPENAI_API_KEY, _x1]')).toEqual(['OPENAI_API_KEY', '_x1']);
    expect(names('["a b", "", null, [x], "x=y", "1x", OK]')).toEqual(['OK']);
    expect(names('OPENAI_API_KEY')).toEqual([]);
    expect(names('null')).toEqual([]);
  });

  it('calls a model without another flavor python_function, and knows type hints', () => {
    const model = parseMlModel(minimal('is_signature_from_type_hint: true\n'));
    expect(model.mainFlavor).toBe('python_function');
    expect(model.isSignatureFromTypeHint).toBe(true);
  });

  it.each([
    ['flavors:\n  spark: {}\n  h2o: {}\n', "has no python_function flavor, only 'spark', 'h2o'"],
    ['flavors: {}\n', 'names no flavors'],
    ['run_id: abc\n', 'names no flavors'],
    ['flavors:\n  python_function: {}\n', 'without loader_module'],
    ['flavors:\n  python_function: yes\n', 'not a mapping'],
    ['', 'not a mapping of keys'],
    ['- a\n', 'not a mapping of keys'],
    ['flavors: [\n', 'is not YAML'],
    ['flavors:\n\t- x\n', 'is not YAML'],
    [minimal('signature:\n  inputs: "not json"\n'), 'inputs are not JSON'],
    [minimal('    env: ../../etc/passwd\n'), 'not inside the model'],
    [minimal('    env: /etc/passwd\n'), 'not inside the model'],
    [minimal('saved_input_example_info: {artifact_path: a/../../b}\n'), 'not inside the model'],
  ])('refuses %j', (text, message) => {
    expect(() => parseMlModel(text)).toThrow(message);
    expect(() => parseMlModel(text)).toThrow(expect.objectContaining({ code: 'MODEL_BROKEN' }));
  });
});
