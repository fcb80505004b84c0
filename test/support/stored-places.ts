import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BlobServiceClient, ContainerSASPermissions } from '@azure/storage-blob';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { azuriteConnection, GCS_EMULATOR, S3_ENDPOINT, type Sshd } from './artifact-stores.ts';

/** Files of a model by their paths. */
export type ModelBytes = Readonly<Record<string, Buffer>>;

/** Each puts the files of a model below `m` of a new place of a real store, and gives its URI. */

export async function putOnS3(bucket: string, files: ModelBytes): Promise<string> {
  const credentials = { accessKeyId: 'AKIATESTTESTTESTTEST', secretAccessKey: 'writer' };
  const client = new S3Client({
    endpoint: S3_ENDPOINT!,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials,
  });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  for (const [path, Body] of Object.entries(files))
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: `m/${path}`, Body }));
  client.destroy();
  return `s3://${bucket}/m`;
}

export async function putOnAzurite(container: string, files: ModelBytes): Promise<string> {
  const client = BlobServiceClient.fromConnectionString(azuriteConnection()).getContainerClient(container);
  await client.create();
  for (const [path, bytes] of Object.entries(files))
    await client.getBlockBlobClient(`m/${path}`).uploadData(bytes);
  return `wasbs://${container}@devstoreaccount1.blob.core.windows.net/m`;
}

/** A signature that lets its holder read the container for ten minutes. */
export async function azuriteSignature(container: string): Promise<string> {
  const client = BlobServiceClient.fromConnectionString(azuriteConnection()).getContainerClient(container);
  const permissions = ContainerSASPermissions.parse('rl');
  return new URL(
    await client.generateSasUrl({ permissions, expiresOn: new Date(Date.now() + 600_000) }),
  ).search.slice(1);
}

export async function putOnGcs(bucket: string, files: ModelBytes): Promise<string> {
  await fetch(`${GCS_EMULATOR!}/storage/v1/b?project=test`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: bucket }),
  });
  for (const [path, bytes] of Object.entries(files)) {
    const name = encodeURIComponent(`m/${path}`);
    const url = `${GCS_EMULATOR!}/upload/storage/v1/b/${bucket}/o?uploadType=media&name=${name}`;
    await fetch(url, { method: 'POST', body: new Uint8Array(bytes) });
  }
  return `gs://${bucket}/m`;
}

export function putOnSftp(sshd: Sshd, files: ModelBytes): string {
  const folder = mkdtempSync(join(sshd.folder, 'place-'));
  putInFolder(join(folder, 'm'), files);
  return `sftp://${sshd.user}@127.0.0.1:${sshd.port}${folder}/m`;
}

export function putInFolder(folder: string, files: ModelBytes): void {
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

/** Behind the artifact proxy of a tracking server. */
export async function putBehindServer(
  trackingUri: string,
  folder: string,
  files: ModelBytes,
): Promise<string> {
  for (const [path, bytes] of Object.entries(files)) {
    const name = path.split('/').map(encodeURIComponent).join('/');
    const url = `${trackingUri}/api/2.0/mlflow-artifacts/artifacts/${folder}/m/${name}`;
    const answer = await fetch(url, { method: 'PUT', body: new Uint8Array(bytes) });
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  }
  return `mlflow-artifacts:/${folder}/m`;
}
