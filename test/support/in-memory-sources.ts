import { throwIfAborted } from '../../src/core/errors.ts';
import { CaissonError } from '../../src/core/errors.ts';
import { parseModelUri } from '../../src/model/model-uri.ts';
import { parseMlModel } from '../../src/model/mlmodel.ts';
import { readPythonEnvironment } from '../../src/model/python-environment.ts';
import type { ModelOrigin, ResolvedModel } from '../../src/model/resolved-model.ts';
import type { ModelSources } from '../../src/sources/port.ts';

const MLMODEL = `flavors:
  python_function:
    env: {conda: conda.yaml, virtualenv: python_env.yaml}
    loader_module: mlflow.sklearn
    python_version: 3.11.7
  sklearn: {pickled_model: model.pkl}
mlflow_version: 3.17.2
`;

/** An iris-like model that was never on a disk. */
function exampleModel(uri = 'runs:/0123456789abcdef0123456789abcdef/iris_model'): ResolvedModel {
  const mlmodel = parseMlModel(MLMODEL);
  const environment = readPythonEnvironment({
    pythonVersion: '3.11.7',
    requirementsTxt: 'mlflow==3.17.2\nscikit-learn==1.9.1\n',
  });
  return {
    origin: { uri },
    folder: '/nowhere/model',
    files: [{ path: 'MLmodel', size: MLMODEL.length }],
    digest: `sha256:${'9afb'.repeat(16)}`,
    mlmodel,
    environment,
  };
}

/** Sources that hold one model under every URI, and count what was borrowed and given back. */
export class InMemorySources implements ModelSources {
  borrowed = 0;
  disposed = 0;
  /** Thrown by the next resolve. */
  failure: CaissonError | undefined;
  /** What was asked for, as it was written. */
  readonly asked: string[] = [];
  /** Of the model, instead of its own. */
  origin: ModelOrigin | undefined;
  digest: string | undefined;
  stores: ResolvedModel['stores'];

  parse(text: string): Promise<ReturnType<typeof parseModelUri>> {
    this.asked.push(text);
    return Promise.resolve(text.startsWith('.') ? { kind: 'folder', path: text } : parseModelUri(text));
  }

  resolve(_: unknown, context: { readonly signal: AbortSignal }): ReturnType<ModelSources['resolve']> {
    throwIfAborted(context.signal);
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.borrowed += 1;
    const dispose = (): Promise<void> => {
      this.disposed += 1;
      return Promise.resolve();
    };
    const own = exampleModel();
    const model = {
      ...{ ...own, origin: this.origin ?? own.origin, digest: this.digest ?? own.digest },
      ...(this.stores === undefined ? {} : { stores: this.stores }),
    };
    return Promise.resolve({ model, dispose });
  }
}
