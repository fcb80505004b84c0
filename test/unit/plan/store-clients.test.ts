import { describe, expect, it } from 'vitest';
import { makeLock, type Lock } from '../../../src/model/lock.ts';
import { planImage } from '../../../src/plan/image-plan.ts';
import { resolutionDigest } from '../../../src/plan/resolution.ts';
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

  it.each(['hdfs', 'viewfs'])('is not promised for %s, which takes libhdfs and Java', (store) => {
    const plan = planned([store]);
    expect(plan.requirements).toEqual(['mlflow-skinny==3.17.2', ...TABLES]);
    expect(plan.notes).toEqual([
      expect.stringMatching(new RegExp(`in ${store}, .*libhdfs and Java.*-v FOLDER:/mnt/model`)),
    ]);
  });
});

describe('a lock and the store of the model', () => {
  const lockOf = (stores: readonly string[] | undefined): Lock =>
    makeLock('numpy==2.0.0\n', {
      resolves: resolutionDigest(planned(stores)),
      python: '3.11',
      platforms: [],
    });
  const plannedWith = (lock: Lock, now: readonly string[], recorded?: readonly string[]) =>
    planImage(
      { ...resolvedModel({ files: { 'requirements.txt': 'mlflow==3.17.2\n' } }), stores: now },
      imageRequest({
        ...{ modelSource: 'load-at-start', lock },
        ...(recorded === undefined ? {} : { stores: recorded }),
      }),
    );

  it.each([
    [undefined, ['s3'], 's3; the lock was made without its client'],
    [['mlflow-artifacts'], ['aws-sigv4', 's3'], 'aws-sigv4, s3; the lock was made without its client'],
    [['s3'], ['file'], 'file; the lock was made with boto3'],
    [['gs'], ['wasbs'], 'wasbs; the lock was made with google-cloud-storage'],
    [
      ['abfss', 'aws-sigv4'],
      ['abfss'],
      'abfss; the lock was made with azure-storage-file-datalake, azure-identity, requests-auth-aws-sigv4, boto3',
    ],
    [['aws-sigv4'], ['gs'], 'gs; the lock was made with requests-auth-aws-sigv4, boto3'],
  ])('do not fit when it was %s and is %s, and the error says so', (before, now, words) => {
    expect(() => plannedWith(lockOf(before), now)).toThrow(
      expect.objectContaining({
        code: 'LOCK_STALE',
        message: `the lock does not fit: the model's files are in another kind of store now: ${words}`,
      }),
    );
  });

  it('are not blamed for other requirements', () => {
    const other = makeLock('numpy==2.0.0\n', {
      ...{ resolves: `sha256:${'0'.repeat(64)}`, python: '3.11', platforms: [] },
    });
    expect(() => plannedWith(other, ['s3'])).toThrow("the model's requirements are not those");
  });

  it('fit wherever the model is read now, when the request names the stores', () => {
    for (const now of [['file'], ['gs']])
      expect(plannedWith(lockOf(['s3']), now, ['s3']).requirements).toContain('boto3');
    expect(plannedWith(lockOf(['file']), ['s3'], ['file']).requirements).not.toContain('boto3');
  });

  it('are recorded only where the image reads them', () => {
    expect(planned(['s3']).request.stores).toEqual(['s3']);
    expect(planned(undefined).request.stores).toEqual(['file']);
    const baked = planImage({ ...resolvedModel(), stores: ['s3'] }, imageRequest());
    expect(baked.request).not.toHaveProperty('stores');
  });
});
