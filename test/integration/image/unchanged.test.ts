import { randomBytes } from 'node:crypto';
import { appendFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildByCli } from '../../support/cli-build.ts';
import { EngineProbe } from '../../support/engine-probe.ts';
import { ROOT } from '../../support/environment.ts';
import { TEST_ENGINE } from '../../support/test-engine.ts';
import { suiteFolder } from '../../support/test-folders.ts';

const missing = TEST_ENGINE.host === undefined || TEST_ENGINE.baseImage === undefined;

describe.skipIf(missing)(missing ? 'an unchanged image (skipped: no engine)' : 'an unchanged image', () => {
  const tag = `caisson-test/unchanged:${randomBytes(4).toString('hex')}`;
  const suite = suiteFolder();
  let probe: EngineProbe;

  beforeAll(async () => {
    probe = await EngineProbe.open();
    cpSync(join(ROOT, 'fixtures/models/mlflow3-iris-columns'), join(suite.path, 'iris'), { recursive: true });
  });

  afterAll(async () => {
    await probe.removeImages(new RegExp(`^${tag}$`));
  });

  /** What was said of it: its id when it was kept. */
  async function build(...options: readonly string[]): Promise<string | undefined> {
    const { exitCode, stdout, stderr } = await buildByCli({
      folder: suite.path,
      model: './iris',
      tag,
      options,
    });
    expect(stderr).not.toMatch(/^error:/m);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${tag}\n` });
    const kept = new RegExp(`^nothing changed: ${tag} is (sha256:[0-9a-f]{64}) \\(--no-cache `, 'm').exec(
      stderr,
    )?.[1];
    expect(/^building /m.test(stderr)).toBe(kept === undefined);
    return kept;
  }

  async function idOf(name: string): Promise<string> {
    const image = await probe.api.json({ method: 'GET', path: `/images/${name}/json` });
    return (image as { readonly Id: string }).Id;
  }

  it('is not built again, until something of it changes', async () => {
    expect(await build()).toBeUndefined();
    const imageId = await idOf(tag);
    expect(await build()).toBe(imageId);
    expect(await build('--label', 'team=flowers')).toBeUndefined();
    // the tag is another image now
    expect(await build()).toBeUndefined();
    expect(await build()).toBe(imageId);
    appendFileSync(join(suite.path, 'iris/requirements.txt'), '\n');
    expect(await build()).toBeUndefined();
    const changedId = await idOf(tag);
    expect(changedId).not.toBe(imageId);
    expect(await build()).toBe(changedId);
  });
});
