import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pushIndex } from '../../../src/actions/build/push-index.ts';
import type { Engine } from '../../../src/engine/port.ts';
import {
  formatImageReference,
  parseImageReference,
  type ImageReference,
} from '../../../src/model/image-reference.ts';
import { parsePlatform } from '../../../src/model/platform.ts';
import { openRegistry } from '../../../src/registry/index.ts';
import { dockerConfigOf, recordedWork, testPorts } from '../../support/action-ports.ts';
import { buildByCli } from '../../support/cli-build.ts';
import { EngineProbe } from '../../support/engine-probe.ts';
import { loadForeignImage } from '../../support/foreign-image.ts';
import { modelFiles } from '../../support/model-files.ts';
import { RecordingStep } from '../../support/recording-step.ts';
import { createTestEngine, skipReason, TEST_ENGINE, titled } from '../../support/test-engine.ts';
import { suiteFolder, writeTree } from '../../support/test-folders.ts';

const PLATFORMS = ['linux/amd64', 'linux/arm64'].map(parsePlatform);

describe.skipIf(skipReason !== undefined)(
  titled('build-image for two platforms, of which the engine runs one'),
  () => {
    const suite = suiteFolder();
    const repository = `${TEST_ENGINE.registry ?? ''}/two-platforms-${randomBytes(4).toString('hex')}`;
    const base = parseImageReference(`${repository}/base:1`);
    let engine: Engine;
    let probe: EngineProbe;

    /** The base of the tests for this machine, and one made by hand for ARM, under one name in the registry. */
    beforeAll(async () => {
      engine = createTestEngine();
      probe = await EngineProbe.open();
      const named = (tag: string): ImageReference => parseImageReference(`${repository}/base:${tag}`);
      const [own, foreign] = [named('own'), named('foreign')];
      await loadForeignImage(probe, foreign);
      const text = `FROM ${TEST_ENGINE.baseImage ?? ''}\nLABEL base=two-platforms\n`;
      await engine.build(
        {
          builder: 'buildkit',
          context: { entries: [{ path: 'Dockerfile', content: { kind: 'text', text } }] },
          tags: [own],
          ...{ buildArgs: {}, labels: {}, cache: 'use', credentials: {} },
        },
        { step: new RecordingStep(), signal: new AbortController().signal },
      );
      const staged = await Promise.all(
        [own, foreign].map(async (reference, index) => {
          const image = await engine.inspectImage(formatImageReference(reference));
          return { reference, imageId: image?.imageId ?? '', platform: PLATFORMS[index]! };
        }),
      );
      const ports = { ...testPorts(), engine, openRegistry, dockerConfig: dockerConfigOf() };
      await pushIndex({ tags: [base], staged, engine: await engine.describe() }, ports, recordedWork());
    }, 120_000);

    afterAll(() => probe.removeImages(new RegExp(repository.split('/').at(-1) ?? '')));

    it('says which one cannot be built here and how it can, and pushes nothing', async () => {
      writeTree(join(suite.path, 'model'), modelFiles({ 'requirements.txt': 'six==1.16.0\n' }));
      const tag = `${repository}/app:1`;
      const platforms = [
        '--platform',
        'linux/amd64,linux/arm64',
        '--base-image',
        formatImageReference(base),
        '--push',
      ];
      const ran = await buildByCli({ folder: suite.path, model: './model', tag, options: platforms });
      expect(ran.exitCode, ran.stderr).toBe(4);
      expect(ran.stderr).toMatch(/error: .*linux\/arm64/);
      expect(ran.stderr).toContain('tonistiigi/binfmt');
      expect(ran.stdout).toBe('');
      const client = await openRegistry({
        registry: TEST_ENGINE.registry ?? '',
        login: undefined,
        insecureRegistries: [],
        signal: new AbortController().signal,
      });
      expect(await client.resolve(parseImageReference(tag))).toBeUndefined();
    }, 300_000);
  },
);
