import { describe, expect, it } from 'vitest';
import { openArtifactStore } from '../../../../src/sources/artifacts/open-artifact-store.ts';
import { GCS_EMULATOR, STORE_SETTINGS, withoutStore } from '../../../support/artifact-stores.ts';

/** It knows no generations and keeps one connection at a time, so the contract runs on test/support/fake-gcs.ts. */
describe.skipIf(GCS_EMULATOR === undefined)(
  `Google's storage, in gcp-storage-emulator, which is not Google's own${withoutStore('GCS_EMULATOR', GCS_EMULATOR)}`,
  () => {
    it('lists and reads', async () => {
      const signal = new AbortController().signal;
      const api = GCS_EMULATOR!;
      await fetch(`${api}/storage/v1/b?project=test`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"name":"models"}',
      });
      for (const name of ['m/MLmodel', 'm/code/a b.py', 'n/x'])
        await fetch(`${api}/upload/storage/v1/b/models/o?uploadType=media&name=${encodeURIComponent(name)}`, {
          method: 'POST',
          body: `of ${name}`,
        });
      const store = await openArtifactStore(
        { kind: 'gcs', bucket: 'models', path: 'm' },
        { ...STORE_SETTINGS, gcs: { emulatorHost: api.replace('http://', '') } },
      );
      const files = await store.list(signal);
      expect(files.map(({ path, size }) => `${path} ${size}`).sort()).toEqual([
        'MLmodel 12',
        'code/a b.py 16',
      ]);
      const file = files.find(({ path }) => path === 'code/a b.py');
      const outcome = await store.read(file!, { start: 3 }, signal);
      if (outcome.kind !== 'body') throw new TypeError(outcome.kind);
      let text = '';
      for await (const piece of outcome.body.pieces())
        if (piece.kind === 'bytes') text += Buffer.from(piece.bytes).toString();
      expect(text.slice(outcome.body.start === 0 ? 3 : 0)).toBe('m/code/a b.py');
      await store.close();
    });
  },
);
