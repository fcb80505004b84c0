import { expect, it } from 'vitest';
import { parseArtifactLocation, type ArtifactLocation } from '../../../src/sources/artifact-location.ts';
import { storesOf } from '../../../src/sources/stores-of.ts';

const at = (text: string): ArtifactLocation => parseArtifactLocation(text) as ArtifactLocation;

it('says what a client of MLflow has to read, each kind once', () => {
  const layers = [at('s3://b/run'), at('s3://b/model')];
  expect(storesOf(layers, { kind: 'none' })).toEqual(['s3']);
  expect(storesOf(layers, { kind: 'aws-sigv4' })).toEqual(['aws-sigv4', 's3']);
  const others = [at('mlflow-artifacts:/1/a'), at('file:///a'), at('hdfs://h/a')];
  expect(storesOf(others, { kind: 'none' })).toEqual(['file', 'hdfs', 'mlflow-artifacts']);
});
