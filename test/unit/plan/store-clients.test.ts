import { describe, expect, it } from 'vitest';
import { planImage } from '../../../src/plan/image-plan.ts';
import { imageRequest, resolvedModel } from '../../support/planned-images.ts';

const planned = (stores: readonly string[] | undefined, requirements = 'mlflow==3.17.2\n') =>
  planImage(
    {
      ...resolvedModel({ files: { 'requirements.txt': requirements } }),
      ...(stores === undefined ? {} : { stores }),
    },
    imageRequest({ modelSource: 'load-at-start' }),
  );

const TABLES = ['numpy', 'pandas'];

describe('the client of a store', () => {
  it.each([
    ['s3', ['boto3']],
    ['gs', ['google-cloud-storage']],
    ['wasbs', ['azure-storage-blob', 'azure-identity']],
    ['abfss', ['azure-storage-file-datalake', 'azure-identity']],
    ['sftp', ['pysftp', 'paramiko<4']],
    ['models', ['boto3', 'azure-storage-file-datalake', 'google-cloud-storage']],
    ['aws-sigv4', ['requests-auth-aws-sigv4', 'boto3']],
    ['dbfs', []],
    ['https', []],
    ['mlflow-artifacts', []],
    ['constructor', []],
  ])('is installed in an image that loads at start: %s', (store, clients) => {
    const plan = planned([store]);
    expect(plan.requirements).toEqual([...clients, 'mlflow-skinny==3.17.2', ...TABLES]);
    // so that the versions fit what the model was logged with
    expect(plan.declared).toEqual(['mlflow==3.17.2', ...clients]);
    expect(plan.notes).toEqual([]);
  });

  it('is installed once, and not beside what the model asks for', () => {
    const plan = planned(['aws-sigv4', 's3'], 'mlflow==3.17.2\nBoto3==1.30.0\n');
    expect(plan.requirements).toEqual([
      'Boto3==1.30.0',
      'requests-auth-aws-sigv4',
      'mlflow-skinny==3.17.2',
      ...TABLES,
    ]);
  });

  it('is not in an image that holds its model', () => {
    const model = { ...resolvedModel(), stores: ['s3'] };
    const plan = planImage(model, imageRequest());
    expect(plan.requirements.join(' ')).not.toContain('boto3');
    expect(plan.notes).toEqual([]);
  });

  it.each([[undefined], [['file', 'mlflow-artifacts']]])('cannot read a folder of the host: %s', (stores) => {
    const { notes } = planned(stores);
    expect(notes).toEqual([expect.stringContaining('-v FOLDER:/mnt/model -e MLFLOW_MODEL_URI=/mnt/model')]);
  });
});
