import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageIndex, MANIFEST_TYPES, parseManifest } from '../../../src/model/image-manifest.ts';
import { parsePlatform } from '../../../src/model/platform.ts';

const DOCKER_IMAGE = 'application/vnd.docker.distribution.manifest.v2+json';
const OCI_IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const digest = `sha256:${'a'.repeat(64)}`;
const entry = (mediaType: string, platform: string) => ({
  ...{ mediaType, digest, size: 7 },
  platform: parsePlatform(platform),
});

describe('an image index', () => {
  it('is Docker’s list of Docker’s manifests', () => {
    const entries = [entry(DOCKER_IMAGE, 'linux/amd64'), entry(DOCKER_IMAGE, 'linux/arm/v6')];
    const { mediaType, text } = imageIndex(entries);
    expect(mediaType).toBe('application/vnd.docker.distribution.manifest.list.v2+json');
    expect(JSON.parse(text)).toEqual({
      schemaVersion: 2,
      mediaType,
      manifests: [
        { mediaType: DOCKER_IMAGE, digest, size: 7, platform: { os: 'linux', architecture: 'amd64' } },
        {
          ...{ mediaType: DOCKER_IMAGE, digest, size: 7 },
          platform: { os: 'linux', architecture: 'arm', variant: 'v6' },
        },
      ],
    });
    expect(parseManifest({ mediaType, text })).toEqual({ kind: 'index', manifests: entries });
  });

  it('is OCI’s as soon as one manifest is', () => {
    const { mediaType } = imageIndex([entry(DOCKER_IMAGE, 'amd64'), entry(OCI_IMAGE, 'arm64')]);
    expect(mediaType).toBe('application/vnd.oci.image.index.v1+json');
  });
});

describe('a manifest', () => {
  it('keeps an attestation without its platform, which is none', () => {
    const manifests = [
      { mediaType: OCI_IMAGE, digest, size: 7, platform: { os: 'unknown', architecture: 'unknown' } },
      {
        mediaType: OCI_IMAGE,
        digest,
        size: 8,
        platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
      },
    ];
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    expect(parseManifest({ mediaType, text: JSON.stringify({ manifests }) })).toEqual({
      kind: 'index',
      manifests: [
        { mediaType: OCI_IMAGE, digest, size: 7 },
        { mediaType: OCI_IMAGE, digest, size: 8, platform: parsePlatform('linux/arm64') },
      ],
    });
  });

  it('is refused whole when a part is malformed', () => {
    const good = { mediaType: 'x', digest, size: 1 };
    for (const config of [
      { ...good, digest: 'sha256:1' },
      { ...good, size: -1 },
      { ...good, size: 1e300 },
      null,
    ])
      expect(
        parseManifest({ mediaType: OCI_IMAGE, text: JSON.stringify({ config, layers: [] }) }),
      ).toBeUndefined();
  });

  it('may be anything at all', () => {
    fc.assert(
      fc.property(fc.constantFrom(...MANIFEST_TYPES), fc.json(), (mediaType, text) => {
        expect(() => parseManifest({ mediaType, text })).not.toThrow();
      }),
    );
  });
});
