/** The files of a small model as MLflow 3 writes them; `extra` adds or replaces some. */
export function modelFiles(extra: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return {
    MLmodel: `flavors:
  python_function:
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.sklearn
    model_path: model.pkl
    python_version: 3.11.7
  sklearn:
    pickled_model: model.pkl
mlflow_version: 3.17.2
signature:
  inputs: '[{"type": "double", "name": "x", "required": true}]'
  outputs: null
  params: null
`,
    'python_env.yaml':
      'python: 3.11.7\nbuild_dependencies:\n- pip==24.0\ndependencies:\n- -r requirements.txt\n',
    'requirements.txt': 'mlflow==3.17.2\nscikit-learn==1.9.1\n',
    'model.pkl': 'not really a pickle',
    ...extra,
  };
}
