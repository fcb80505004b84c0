import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSbom } from '../../src/actions/sbom.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { parseImageReference } from '../../src/model/image-reference.ts';
import { recordedWork } from '../support/action-ports.ts';
import { testCa, testPart } from '../support/environment.ts';
import { EngineProbe } from '../support/engine-probe.ts';
import { modelFiles } from '../support/model-files.ts';
import { RecordingStep } from '../support/recording-step.ts';
import { createTestEngine, skipReason, TEST_ENGINE, titled } from '../support/test-engine.ts';
import { suiteFolder, writeTree } from '../support/test-folders.ts';
import { recordedStream, textSink } from '../support/text-sink.ts';

const RUN = randomBytes(5).toString('hex');
const NAME = `${TEST_ENGINE.registry ?? ''}/provenance-${RUN}`;
const BASE = `${NAME}/base:1`;
const IRIS = `${NAME}/iris`;
const LOCK = `# Locked by caisson for Python 3.11: sha256:${'0'.repeat(64)}\nsix==1.17.0 \\\n    --hash=sha256:${'8a'.repeat(32)}\n`;

interface Component {
  readonly purl?: string;
  readonly name: string;
  readonly version?: string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe.skipIf(skipReason !== undefined)(titled('provenance'), () => {
  const engine = createTestEngine();
  const folder = suiteFolder();
  const path = process.env['PATH'] ?? '';

  async function caisson(...argv: readonly string[]): Promise<Ran> {
    const [stdout, stderr] = [textSink(), recordedStream()];
    const exitCode = await runCli({
      argv: [...argv, '--progress', 'plain'],
      environment: {
        DOCKER_HOST: TEST_ENGINE.host ?? '',
        HOME: folder.path,
        ...(testCa() === undefined ? {} : { PIP_CERT: testCa()! }),
      },
      workingFolder: folder.path,
      version: '0.1.0',
      stdout,
      stderr,
      signal: new AbortController().signal,
    });
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
  }

  /** Builds FROM one image with one file more. */
  async function derive(from: string, to: string, file?: { readonly path: string; readonly text: string }) {
    const copy = file === undefined ? 'LABEL derived=yes' : `COPY file ${file.path}`;
    const texts = {
      Dockerfile: `FROM ${from}\n${copy}\n`,
      ...(file === undefined ? {} : { file: file.text }),
    };
    const entries = Object.entries(texts).map(([name, text]) => ({
      path: name,
      content: { kind: 'text' as const, text },
    }));
    const request = { builder: 'classic', buildArgs: {}, labels: {}, cache: 'use', credentials: {} } as const;
    const work = { step: new RecordingStep(), signal: new AbortController().signal };
    await engine.build({ ...request, context: { entries }, tags: [parseImageReference(to)] }, work);
  }

  const components = (file: string): readonly Component[] =>
    (JSON.parse(readFileSync(join(folder.path, file), 'utf8')) as { components: Component[] }).components;

  beforeAll(async () => {
    await derive(TEST_ENGINE.baseImage ?? '', BASE);
    const pushing = { step: new RecordingStep(), signal: new AbortController().signal };
    await engine.push({ reference: parseImageReference(BASE), credentials: {} }, pushing);
    writeTree(join(folder.path, 'model'), modelFiles({ 'requirements.txt': 'six==1.16.0\nidna==3.10\n' }));
    const options = [
      '--no-self-test',
      '--base-image',
      BASE,
      '--label',
      'team=flowers',
      '--sbom',
      'iris.cdx.json',
    ];
    const { exitCode, stderr } = await caisson('build-image', './model', '-t', `${IRIS}:1`, ...options);
    expect(stderr, stderr).toContain('writing the bill of materials');
    expect(exitCode).toBe(0);
  });

  afterAll(async () => {
    process.env['PATH'] = path;
    await (await EngineProbe.open()).removeImages(new RegExp(RUN));
  });

  it('writes a bill of what Debian, the model and the server brought', () => {
    const content = { components: components('iris.cdx.json') };
    const versions = Object.fromEntries(content.components.map(({ name, version }) => [name, version]));
    expect(content.components.length).toBeGreaterThan(50);
    expect(versions['dpkg']).toMatch(/^\d/);
    expect(versions['python']).toMatch(/^3\.\d+\.\d+$/);
    const environments = Object.fromEntries(
      content.components.map(({ name, properties = [] }) => [
        name,
        properties.find((each) => each.name === 'caisson:environment')?.value,
      ]),
    );
    expect(environments).toMatchObject({
      six: 'model',
      idna: 'model',
      httptools: 'server',
      orjson: 'server',
      uvloop: 'server',
    });
    expect(versions).toMatchObject({ six: '1.16.0', idna: '3.10' });
  });

  it('names exactly the versions that are installed', async () => {
    const container = await engine.start({
      image: `${IRIS}:1`,
      command: [],
      env: {},
      ports: [],
      volumes: [],
      labels: {},
      atEnd: 'keep',
      extraHosts: [],
    });
    const metadata = async (path: string) => container.readFile(`${path}/METADATA`, 100_000);
    try {
      const python = components('iris.cdx.json').find(({ name }) => name === 'python')?.version ?? '';
      const minor = python.split('.', 2).join('.');
      for (const { purl, name, version } of components('iris.cdx.json')) {
        if (purl?.startsWith('pkg:pypi/') !== true) continue;
        const folder = `${name.replaceAll('-', '_')}-${version ?? ''}.dist-info`;
        const places = [`/opt/venv/lib/python${minor}/site-packages`, '/opt/caisson/lib'];
        const found = await Promise.all(places.map((place) => metadata(`${place}/${folder}`)));
        expect(
          found.some((text) => text?.includes(`Version: ${version ?? ''}\n`)),
          folder,
        ).toBe(true);
      }
    } finally {
      await container.remove();
    }
  });

  it("writes SPDX that the SPDX project's own validator takes", async () => {
    await derive(`${IRIS}:1`, `${IRIS}:locked`, { path: '/opt/caisson/requirements.lock', text: LOCK });
    const { imageId } = (await engine.inspectImage(`${IRIS}:locked`))!;
    const texts: string[] = [];
    const file = {
      path: 'iris.spdx.json',
      check: () => Promise.resolve(),
      write: (text: string) => Promise.resolve(void texts.push(text)),
    };
    const request = { format: 'spdx', file, caissonVersion: '0.1.0' } as const;
    await writeSbom({ name: `${IRIS}:locked`, imageId }, { request, engine }, recordedWork());
    const place = join(folder.path, 'iris.spdx.json');
    writeFileSync(place, texts[0] ?? '');
    // what lies in the image, and not what a file in it claims
    expect(texts[0]).toContain('"pkg:pypi/six@1.16.0"');
    expect(texts[0]).not.toContain('six@1.17.0');
    const validator = ['-m', 'spdx_tools.spdx.clitools.pyspdxtools', '--infile'];
    const check = (name: string) =>
      spawnSync(testPart('mlflowPython'), [...validator, name], { encoding: 'utf8' });
    expect(check(place)).toMatchObject({ status: 0 });
    const broken = join(folder.path, 'broken.spdx.json');
    writeFileSync(broken, (texts[0] ?? '').replace('SPDXRef-image"', 'SPDXRef-other"'));
    expect(check(broken).status).toBe(1);
  });

  it('builds the same image again, on the base by its digest', async () => {
    const { exitCode, stdout, stderr } = await caisson(
      ...['rebuild', `${IRIS}:1`, '--no-self-test', '-t', `${IRIS}:again`, '--model', './model'],
    );
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toBe(`${IRIS}:again\n`);
    expect(stderr).toMatch(new RegExp(`FROM ${BASE}@sha256:`));
    expect(stderr).toContain(`the image is the same as '${IRIS}:1', to the last byte`);
    const [one, again] = [await engine.inspectImage(`${IRIS}:1`), await engine.inspectImage(`${IRIS}:again`)];
    expect(again).toEqual(one);
  });

  it('refuses to rebuild with another model', async () => {
    writeTree(join(folder.path, 'other'), modelFiles());
    const { exitCode, stderr } = await caisson(
      ...['rebuild', `${IRIS}:1`, '--no-self-test', '-t', `${IRIS}:no`, '--model', './other'],
    );
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 3 });
    expect(stderr).toContain("error: the model 'other' has the digest sha256:");
    expect(await engine.inspectImage(`${IRIS}:no`)).toBeUndefined();
  });

  it('tells what differs between images, and between an image and its model', async () => {
    const locked = await caisson('diff', `${IRIS}:locked`, `${IRIS}:1`, '--output', 'json');
    expect(JSON.parse(locked.stdout)).toMatchObject({ equal: false, notCompared: [] });
    expect((JSON.parse(locked.stdout) as { differences: unknown[] }).differences).toContainEqual({
      part: 'package',
      item: 'six',
      a: '==1.17.0',
      b: '==1.16.0',
    });
    const same = await caisson('diff', `${IRIS}:1`, './model', '--exit-code');
    // the image has the URI of a folder, which is its name, and the same digest
    expect(same.stdout).toBe('');
    expect(same.exitCode).toBe(0);
    const other = await caisson('diff', './model', './other', '--exit-code');
    expect(other.exitCode).toBe(10);
    expect(other.stdout).toMatch(/^requirement six\s+six==1.16.0\s+-$/m);
  });

  it('signs what it pushed, by the digest that the registry has', async () => {
    const record = join(folder.path, 'signed');
    const program = join(folder.path, 'bin/cosign');
    writeTree(folder.path, { 'bin/cosign': `#!/bin/sh\nprintf '%s\\n' "$@" >> '${record}'\n` });
    chmodSync(program, 0o755);
    process.env['PATH'] = `${join(folder.path, 'bin')}:${path}`;
    const { exitCode, stdout, stderr } = await caisson('push', `${IRIS}:1`, '--sign-key', 'cosign.key');
    expect(exitCode, stderr).toBe(0);
    const digest = stdout.trim().split('@')[1]!;
    expect(readFileSync(record, 'utf8')).toBe(`version\nsign\n--yes\n--key\ncosign.key\n${IRIS}@${digest}\n`);
  });

  it('reads an image that only the registry has', async () => {
    await (await EngineProbe.open()).removeImage(`${IRIS}:1`);
    const { exitCode, stderr } = await caisson('diff', `${IRIS}:1`, './model');
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stderr).toContain(`pulling ${IRIS}:1`);
  });
});
