import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../src/cli/option-values.ts';
import { runCli } from '../../../src/cli/run-cli.ts';
import { RUN } from '../../../src/commands/run.ts';
import type { BuildRequest } from '../../../src/engine/port.ts';
import { formatImageReference } from '../../../src/model/image-reference.ts';
import { handlerDigest } from '../../../src/plan/handler-digest.ts';
import { testPorts } from '../../support/action-ports.ts';
import { commandServices } from '../../support/command-services.ts';
import { ROOT } from '../../support/environment.ts';
import { BASE_IMAGE, MODEL_URI } from '../../support/requests.ts';
import { temporaryFolders } from '../../support/test-folders.ts';
import { recordedStream, textSink } from '../../support/text-sink.ts';

const newFolder = temporaryFolders();
const HANDLER = '\uFEFF# {{each}} $HOME `id` é\r\ndef post(predictions):\r\n    return predictions';
const MODEL = join(ROOT, 'fixtures/models/mlflow3-iris-tensor');

describe('generate --handler', () => {
  it.each([[], ['--load-at-start'], ['--builder', 'classic']])(
    'writes the file as handler.py, byte for byte %j',
    async (...more) => {
      const workingFolder = newFolder();
      mkdirSync(join(workingFolder, 'my code'));
      writeFileSync(join(workingFolder, 'my code/adapt.py'), HANDLER);
      const stderr = recordedStream();
      const exitCode = await runCli({
        argv: ['generate', MODEL, '-o', 'out', '--handler', 'my code/adapt.py', ...more],
        environment: { HOME: workingFolder },
        workingFolder,
        version: '1.2.3',
        stdout: textSink(),
        stderr,
        signal: new AbortController().signal,
      });
      expect({ exitCode, stderr: stderr.text() }).toMatchObject({ exitCode: 0 });
      const out = (name: string): string => readFileSync(join(workingFolder, 'out', name), 'utf8');
      expect(out('handler.py')).toBe(HANDLER);
      expect(JSON.parse(out('image.json'))).toMatchObject({ handler: 'handler.py' });
      expect(out('Dockerfile')).toContain(`LABEL io.caisson.handler.sha256="${handlerDigest(HANDLER)}"`);
      // nothing tells where the file lay, or what it was called
      for (const name of readdirSync(join(workingFolder, 'out')).filter(
        (path) => !/^(model|runtime|installer)$/.test(path),
      ))
        expect(out(name)).not.toMatch(/adapt|my code/);
    },
  );
});

describe('run MODEL --handler', () => {
  it('builds it into an image whose tag tells its content', async () => {
    const ports = testPorts();
    ports.engine.addImage(BASE_IMAGE);
    ports.engine.programOfBuiltImages = () => ({
      lines: [{ stream: 'stderr', line: 'caisson ready {"port":5001}' }],
      end: 'when-stopped',
    });
    const services = commandServices({ ports, files: { 'adapt.py': HANDLER } });
    const typed = { handler: 'adapt.py', 'base-image': BASE_IMAGE, detach: true } as const;
    await RUN.handle({ arguments: [MODEL_URI], options: readOptions(RUN.options, typed, {}) }, services);
    const { context, tags } = ports.engine.calls.findLast(({ method }) => method === 'build')
      ?.argument as BuildRequest;
    const entry = context.entries.find(({ path }) => path === 'handler.py');
    expect(entry?.content).toEqual({ kind: 'text', text: HANDLER });
    const digest = handlerDigest(HANDLER).slice(0, 12);
    expect(tags.map(formatImageReference)).toEqual([`caisson-local/iris-model:9afb9afb9afb-${digest}`]);
    expect(services.answers.map(({ lines }) => lines)).toEqual([['http://127.0.0.1:5001']]);
  });

  it('does not look at CAISSON_HANDLER for an image, which is built already', async () => {
    const ports = testPorts();
    ports.engine.addImage('iris:1', { labels: {}, exposedPorts: [] });
    const services = commandServices({ ports });
    const environment = { CAISSON_HANDLER: 'none.py' };
    const options = readOptions(RUN.options, { detach: true }, environment);
    await RUN.handle({ arguments: ['iris:1'], options }, services);
    expect(services.answers).toHaveLength(1);
  });
});
