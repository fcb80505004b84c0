import { modelFiles } from './model-files.ts';

export const FILE_STORE_RUN = '0123456789abcdef0123456789abcdef';
export const FILE_STORE_MODEL = `m-${'c'.repeat(32)}`;

/**
 * The files of ./mlruns as MLflow's file store writes it (experiment 1, one run that logged one model and has artifacts of its own,
 * a registered model with three versions), when the store lay at `root` on the machine that wrote it.
 */
export function fileStore(root: string): Readonly<Record<string, string>> {
  const run = `1/${FILE_STORE_RUN}`;
  const model = `1/models/${FILE_STORE_MODEL}`;
  const place = `file://${root}/${model}/artifacts`;
  return {
    '0/meta.yaml': `artifact_location: file://${root}/0\nexperiment_id: '0'\nlifecycle_stage: active\nname: Default\n`,
    '1/meta.yaml': `artifact_location: file://${root}/1\nexperiment_id: '1'\nlifecycle_stage: active\nname: iris\n`,
    [`${run}/meta.yaml`]: `artifact_uri: file://${root}/${run}/artifacts\nexperiment_id: '1'\nrun_id: ${FILE_STORE_RUN}\nstatus: 3\n`,
    ...below(`${run}/artifacts/classic`, modelFiles({ extra: 'classic' })),
    [`${model}/meta.yaml`]: meta({
      artifact_location: place,
      creation_timestamp: '2',
      experiment_id: "'1'",
      model_id: FILE_STORE_MODEL,
      name: 'iris_model',
      source_run_id: FILE_STORE_RUN,
    }),
    ...below(`${model}/artifacts`, modelFiles({ extra: 'logged' })),
    'models/iris/meta.yaml': 'name: iris\n',
    'models/iris/aliases/champion': '2',
    ...version(1, { source: `runs:/${FILE_STORE_RUN}/classic`, current_stage: 'Archived' }),
    ...version(2, {
      source: `models:/${FILE_STORE_MODEL}`,
      storage_location: place,
      current_stage: 'Production',
      model_id: FILE_STORE_MODEL,
      run_id: FILE_STORE_RUN,
    }),
    ...version(10, { source: `models:/${FILE_STORE_MODEL}`, current_stage: 'None' }),
    ...version(11, { source: '/nowhere', current_stage: 'Deleted_Internal' }),
  };
}

const version = (
  number: number,
  fields: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => ({
  [`models/iris/version-${number}/meta.yaml`]: meta({ name: 'iris', version: `'${number}'`, ...fields }),
});

const meta = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');

const below = (folder: string, files: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));
