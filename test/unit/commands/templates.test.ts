import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../src/cli/option-values.ts';
import { runCli } from '../../../src/cli/run-cli.ts';
import { RUN } from '../../../src/commands/run.ts';
import type { BuildRequest } from '../../../src/engine/port.ts';
import { BLOCKS, TEMPLATE_VALUES } from '../../../src/image/template-vocabulary.ts';
import { formatImageReference } from '../../../src/model/image-reference.ts';
import { templatesDigest } from '../../../src/plan/templates-digest.ts';
import { readTree } from '../../../src/platform/files-read.ts';
import { testPorts } from '../../support/action-ports.ts';
import { commandServices } from '../../support/command-services.ts';
import { ROOT } from '../../support/environment.ts';
import { BASE_IMAGE, MODEL_URI } from '../../support/requests.ts';
import { temporaryFolders, writeTree } from '../../support/test-folders.ts';
import { recordedStream, textSink } from '../../support/text-sink.ts';
import { withoutKeptUv } from '../../support/kept-uv.ts';

const newFolder = temporaryFolders();
const MODEL = join(ROOT, 'fixtures/models/mlflow3-iris-tensor');

async function caisson(workingFolder: string, ...argv: readonly string[]) {
  const [stdout, stderr] = [textSink(), recordedStream()];
  const exitCode = await runCli({
    argv,
    environment: { HOME: join(workingFolder, 'home') },
    workingFolder,
    version: '1.2.3',
    stdout,
    stderr,
    signal: new AbortController().signal,
  });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

describe('templates eject', () => {
  it('writes every template and a README that names every block and value', async () => {
    const folder = newFolder();
    expect(await caisson(folder, 'templates', 'eject', 'mine')).toMatchObject({
      exitCode: 0,
      stdout: 'mine\n',
    });
    const { 'README.md': readme, ...found } = await readTree(join(folder, 'mine'));
    expect(found).toEqual(
      await readTree(join(ROOT, 'templates'), (name) => name !== 'runtime' && name !== 'installer'),
    );
    for (const name of [...Object.keys(BLOCKS), ...Object.values(TEMPLATE_VALUES).flatMap(Object.keys)])
      expect(readme).toContain(`- \`${name}\`: `);
    const again = await caisson(folder, 'templates', 'eject', 'mine');
    expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is not empty') });
    expect(await caisson(folder, 'templates', 'eject', 'mine', '--force')).toMatchObject({ exitCode: 0 });
  });

  it('writes what generate takes back, and only the digest tells', async () => {
    const folder = newFolder();
    await caisson(folder, 'templates', 'eject', 'mine');
    await caisson(folder, 'generate', MODEL, '-o', 'plain');
    const ran = await caisson(folder, 'generate', MODEL, '-o', 'own', '--templates', 'mine');
    expect(ran).toMatchObject({ exitCode: 0 });
    const [own, plain] = await Promise.all(['own', 'plain'].map((name) => readTree(join(folder, name))));
    const { Dockerfile: text = '', 'image.json': record = '', ...others } = own ?? {};
    expect({
      ...others,
      'image.json': record.replace(/,\n *"templatesSha256": "[0-9a-f]{64}"/, ''),
      Dockerfile: withoutKeptUv(text.replace(/^LABEL io\.caisson\.templates\.sha256="[0-9a-f]{64}"\n/m, '')),
    }).toEqual({ ...plain, Dockerfile: withoutKeptUv(plain?.['Dockerfile'] ?? '') });
    expect(text).toContain('LABEL io.caisson.templates.sha256=');
    expect(record).toContain('"templatesSha256"');
  });
});

describe('--templates', () => {
  it('ends with the error before the model is looked for and anything is written', async () => {
    const folder = newFolder();
    writeTree(folder, { 'mine/blocks/end.hbs': 'LABEL a={{prot}}\n' });
    const ran = await caisson(folder, 'generate', 'no-such-model', '-o', 'out', '--templates', 'mine');
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toMatch(
      /^error: the template 'mine\/blocks\/end\.hbs' is broken in line 1: 'prot' is no value of this place\n {2}hint: the values are .*port/,
    );
    expect(existsSync(join(folder, 'out'))).toBe(false);
    mkdirSync(join(folder, 'empty'));
    expect(await caisson(folder, 'generate', MODEL, '-o', 'out', '--templates', 'empty')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("the folder 'empty' holds no templates"),
    });
    expect(await caisson(folder, 'generate', MODEL, '-o', 'out', '--templates', 'none')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("'none' cannot be read: it does not exist"),
    });
  });

  it('of run names the image after them', async () => {
    const ports = testPorts();
    ports.engine.addImage(BASE_IMAGE);
    ports.engine.programOfBuiltImages = () => ({
      lines: [{ stream: 'stderr', line: 'caisson ready {"port":5001}' }],
      end: 'when-stopped',
    });
    const files = { 'blocks/end': 'LABEL mine=1\n' };
    const services = { ...commandServices({ ports }), readTemplates: () => Promise.resolve(files) };
    const typed = { templates: 'mine', 'base-image': BASE_IMAGE, detach: true } as const;
    await RUN.handle({ arguments: [MODEL_URI], options: readOptions(RUN.options, typed, {}) }, services);
    const { context, tags } = ports.engine.calls.findLast(({ method }) => method === 'build')
      ?.argument as BuildRequest;
    const dockerfile = context.entries.find(({ path }) => path === 'Dockerfile')?.content;
    expect(dockerfile).toMatchObject({ text: expect.stringMatching(/\nLABEL mine=1\n$/) });
    const digest = templatesDigest(files).slice(0, 12);
    expect(tags.map(formatImageReference)).toEqual([`caisson-local/iris-model:9afb9afb9afb-${digest}`]);
  });
});

describe('docs/templates.md', () => {
  it('names every block', () => {
    const text = readFileSync(join(ROOT, 'docs/templates.md'), 'utf8');
    for (const name of Object.keys(BLOCKS)) expect(text).toContain(`\`${name}\``);
  });
});
