import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { S3_ENDPOINT } from './artifact-stores.ts';

const STORES_PYTHON = process.env['CAISSON_TEST_STORES_PYTHON'];

/** Why suites with MLflow on S3 are skipped; undefined when they run. */
export const noS3OfMlflow = (
  [
    ['CAISSON_TEST_MLFLOW_PYTHON', process.env['CAISSON_TEST_MLFLOW_PYTHON']],
    ['CAISSON_TEST_STORES_PYTHON', STORES_PYTHON],
    ['CAISSON_TEST_S3_ENDPOINT', S3_ENDPOINT],
  ] as const
).find(([, value]) => value === undefined)?.[0];

/** Moto takes any. */
export const S3_KEYS = { AWS_ACCESS_KEY_ID: 'AKIATESTTESTTESTTEST', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI' };

const s3Client = (): S3Client =>
  new S3Client({
    ...{ endpoint: S3_ENDPOINT!, region: 'us-east-1', forcePathStyle: true },
    credentials: { accessKeyId: S3_KEYS.AWS_ACCESS_KEY_ID, secretAccessKey: S3_KEYS.AWS_SECRET_ACCESS_KEY },
  });

/** A new bucket, and what MLflow needs in its environment to read and write it. */
export async function s3ForMlflow(folder: string, bucket: string): Promise<Readonly<Record<string, string>>> {
  await s3Client().send(new CreateBucketCommand({ Bucket: bucket }));
  return { ...S3_KEYS, MLFLOW_S3_ENDPOINT_URL: S3_ENDPOINT!, PYTHONPATH: boto3Below(folder) };
}

/** MLflow's environment has no boto3, and that of the stores has other versions of what both have: only what is boto3's own is shared. */
function boto3Below(folder: string): string {
  const print = 'import boto3, pathlib; print(pathlib.Path(boto3.__file__).parent.parent)';
  const packages = execFileSync(STORES_PYTHON!, ['-c', print], { encoding: 'utf8' }).trim();
  const links = join(folder, 'boto3');
  mkdirSync(links);
  for (const name of readdirSync(packages).filter((each) => OWN.test(each)))
    symlinkSync(join(packages, name), join(links, name));
  return links;
}

const OWN = /^(?:boto3|botocore|s3transfer|jmespath)\b/;
