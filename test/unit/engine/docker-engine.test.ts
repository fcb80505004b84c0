import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildersOf, negotiateVersion } from '../../../src/engine/connection.ts';
import { createEngine } from '../../../src/engine/index.ts';
import type { BuildRequest, WorkContext } from '../../../src/engine/port.ts';
import { parseImageReference } from '../../../src/model/image-reference.ts';
import { failureOf } from '../../support/failure.ts';
import { RecordingStep } from '../../support/recording-step.ts';
import { scriptedEngine } from '../../support/scripted-engine.ts';

const reference = parseImageReference('localhost:5000/iris:1');
const transfer = { reference, credentials: {} };
const PUSH = 'POST /images/localhost:5000/iris/push';

function work(signal = new AbortController().signal): WorkContext {
  return { step: new RecordingStep(), signal };
}

const build: BuildRequest = {
  builder: 'classic',
  context: { entries: [{ path: 'Dockerfile', content: { kind: 'text', text: 'FROM base\n' } }] },
  tags: [reference],
  buildArgs: {},
  labels: {},
  cache: 'use',
  credentials: {},
};

describe('looking for an engine', () => {
  it('lists what was tried when none answers', async () => {
    const home = await mkdtemp(join(tmpdir(), 'caisson-none-'));
    const engine = createEngine({
      tlsVerify: 'off',
      dockerConfigFolder: home,
      homeFolder: home,
      runtimeFolder: home,
      host: `unix://${home}/none.sock`,
    });
    const error = await failureOf(engine.describe());
    expect(error.code).toBe('ENGINE_UNREACHABLE');
    expect(error.detail).toBe(`tried:\nunix://${home}/none.sock (DOCKER_HOST): there is no such socket`);
    await rm(home, { recursive: true });
  });

  it('tells when nothing listens at an address', async () => {
    const engine = createEngine({
      host: 'tcp://127.0.0.1:1',
      tlsVerify: 'off',
      dockerConfigFolder: '/none',
      homeFolder: '/none',
    });
    expect((await failureOf(engine.describe())).detail).toContain(
      'tcp://127.0.0.1:1 (DOCKER_HOST): nothing listens there',
    );
  });

  it('looks again after a failure, and once after a success', async () => {
    let answers = 0;
    await using scripted = await scriptedEngine({
      'GET /_ping': (_, response) => {
        answers += 1;
        if (answers === 1) response.writeHead(503).end('starting');
        else response.writeHead(200, { 'Api-Version': '1.41' }).end('OK');
      },
      'GET /version': (_, response) => {
        response.end('{"Version":"20.10.24","Os":"linux","Arch":"aarch64"}');
      },
      'GET /info': (_, response) => {
        const hosts = { 'intern.test:5000': { Secure: false }, 'docker.io': { Secure: true } };
        const config = { InsecureRegistryCIDRs: ['127.0.0.0/8', 7], IndexConfigs: hosts };
        response.end(JSON.stringify({ RegistryConfig: config }));
      },
    });
    expect((await failureOf(scripted.engine.describe())).detail).toContain(
      'it answers with HTTP status 503: starting',
    );
    expect(await scripted.engine.describe()).toEqual({
      version: '20.10.24',
      apiVersion: '1.41',
      builders: ['buildkit', 'classic'],
      publishedHost: '127.0.0.1',
      platform: { os: 'linux', architecture: 'arm64' },
      insecureRegistries: ['127.0.0.0/8', 'intern.test:5000'],
      address: expect.stringMatching(/^unix:/) as string,
    });
    await scripted.engine.describe();
    expect(answers).toBe(2);
  });

  it('takes an engine that tells nothing of itself for the usual one', async () => {
    await using scripted = await scriptedEngine({ 'GET /version': (_, response) => response.end('{}') });
    expect(await scripted.engine.describe()).toMatchObject({
      version: 'unknown',
      platform: { os: 'linux', architecture: 'amd64' },
      insecureRegistries: [],
    });
  });

  it('does not go to the engine of DOCKER_HOST when it was told another', async () => {
    await using scripted = await scriptedEngine({
      'GET /version': (_, response) => response.end('{"Version":"1"}'),
    });
    const before = process.env['DOCKER_HOST'];
    process.env['DOCKER_HOST'] = 'tcp://127.0.0.1:1';
    try {
      expect((await createEngine(scripted.config).describe()).version).toBe('1');
    } finally {
      if (before === undefined) delete process.env['DOCKER_HOST'];
      else process.env['DOCKER_HOST'] = before;
    }
  });
});

describe('negotiateVersion', () => {
  it.each([
    ['1.41', '1.41'],
    ['1.44', '1.44'],
    ['1.99', '1.51'],
    ['2.0', '1.51'],
    [undefined, '1.41'],
  ])('speaks with an engine of %s in %s', (engine, spoken) => {
    expect(negotiateVersion(engine)).toBe(spoken);
  });

  it('refuses an engine that is too old', async () => {
    const error = await failureOf(() => negotiateVersion('1.39'));
    expect([error.code, error.hint]).toEqual([
      'ENGINE_FAILED',
      'caisson needs 1.41, which came with Docker 20.10',
    ]);
  });
});

describe('buildersOf', () => {
  it.each([
    ['Docker 20.10', { ostype: 'linux' }, ['buildkit', 'classic']],
    ['Docker 28', { ostype: 'linux', 'builder-version': '2' }, ['buildkit', 'classic']],
    ['Docker with BuildKit off', { ostype: 'linux', 'builder-version': '1' }, ['classic']],
    ['Docker on Windows', { ostype: 'windows' }, ['classic']],
    ['Podman', { 'libpod-api-version': '4.3.1', 'builder-version': '' }, ['classic']],
  ])('%s', (_, headers, builders) => {
    expect(buildersOf(headers)).toEqual(builders);
  });
});

describe('a connection that breaks', () => {
  const breakOff = (_: IncomingMessage, response: ServerResponse): void => {
    response.write('{"status":"Pushing","id":"a","progressDetail":{"current":1,"total":2}}\n');
    setTimeout(() => response.destroy(), 20);
  };

  it('in a push, a pull or a build is the failure of the engine', async () => {
    await using scripted = await scriptedEngine({
      [PUSH]: breakOff,
      'POST /images/create': breakOff,
      'POST /build': breakOff,
    });
    for (const start of [
      () => scripted.engine.push(transfer, work()),
      () => scripted.engine.pull(transfer, work()),
      () => scripted.engine.build(build, work()),
    ]) {
      const error = await failureOf(start);
      expect(error.code).toBe('ENGINE_FAILED');
      expect(error.message).toContain('the connection to the engine broke');
    }
  });

  it('is an interruption when it was aborted', async () => {
    const open = (_: IncomingMessage, response: ServerResponse): void => {
      response.write('{"status":"working"}\n');
    };
    await using scripted = await scriptedEngine({
      [PUSH]: open,
      'POST /images/create': open,
      'POST /build': open,
    });
    for (const start of [
      (signal: AbortSignal) => scripted.engine.push(transfer, work(signal)),
      (signal: AbortSignal) => scripted.engine.pull(transfer, work(signal)),
      (signal: AbortSignal) => scripted.engine.build(build, work(signal)),
    ]) {
      const controller = new AbortController();
      const error = failureOf(start(controller.signal));
      setTimeout(() => {
        controller.abort();
      }, 50);
      expect((await error).code).toBe('INTERRUPTED');
    }
  });

  it('is an interruption when it was aborted before the first answer', async () => {
    const silent = (): void => undefined;
    await using scripted = await scriptedEngine({ [PUSH]: silent, 'POST /build': silent });
    for (const start of [
      (signal: AbortSignal) => scripted.engine.push(transfer, work(signal)),
      (signal: AbortSignal) => scripted.engine.build(build, work(signal)),
    ]) {
      const controller = new AbortController();
      const error = failureOf(start(controller.signal));
      setTimeout(() => {
        controller.abort();
      }, 50);
      expect((await error).code).toBe('INTERRUPTED');
    }
  });
});

describe('an answer that ends well and says too little', () => {
  it('is no build without an image and no push without a digest', async () => {
    const empty = (_: IncomingMessage, response: ServerResponse): void => {
      response.end('{"status":"done"}');
    };
    await using scripted = await scriptedEngine({ [PUSH]: empty, 'POST /build': empty });
    expect((await failureOf(scripted.engine.build(build, work()))).message).toContain(
      'without naming an image',
    );
    expect((await failureOf(scripted.engine.push(transfer, work()))).message).toContain('named no digest');
  });
});

describe('an engine that refuses', () => {
  it('a Dockerfile ends the build, with its words', async () => {
    await using scripted = await scriptedEngine({
      'POST /build': (_, response) =>
        response.writeHead(400).end('{"message":"dockerfile parse error line 1: unknown instruction: FORM"}'),
    });
    const error = await failureOf(scripted.engine.build(build, work()));
    expect([error.code, error.message]).toEqual([
      'BUILD_FAILED',
      'the build failed: dockerfile parse error line 1: unknown instruction: FORM',
    ]);
  });

  it('a file that changed is told instead of the upload that broke', async () => {
    await using scripted = await scriptedEngine({
      'POST /build': (request, response) => {
        request.resume().on('end', () => response.end('{"error":"unexpected EOF"}'));
      },
    });
    const entry = {
      path: 'model.bin',
      content: { kind: 'file', source: '/none/model.bin', size: 5 },
    } as const;
    const error = await failureOf(scripted.engine.build({ ...build, context: { entries: [entry] } }, work()));
    expect(error.code).toBe('CONTEXT_CHANGED');
  });

  it('to start is followed by the removal of what was created', async () => {
    await using scripted = await scriptedEngine({
      'POST /containers/create': (_, response) => response.writeHead(201).end('{"Id":"c1"}'),
      'POST /containers/c1/wait': (_, response) => {
        response.flushHeaders();
      },
      'POST /containers/c1/attach': (_, response) => {
        response.flushHeaders();
      },
      'GET /containers/c1/json': (_, response) => response.end('{"Name":"/brave"}'),
      'POST /containers/c1/start': (_, response) =>
        response.writeHead(500).end('{"message":"listen tcp4 0.0.0.0:5001: bind: address already in use"}'),
      'GET /containers/json': (_, response) => response.end('[]'),
      'DELETE /containers/c1': (_, response) => response.writeHead(204).end(),
    });
    const spec = { image: 'iris', command: [], env: {}, ports: [], volumes: [], labels: {}, extraHosts: [] };
    const error = await failureOf(scripted.engine.start({ ...spec, atEnd: 'keep' }));
    expect([error.code, error.message]).toEqual([
      'PORT_IN_USE',
      "port 5001 is taken by another program on the engine's host",
    ]);
    expect(scripted.requests).toContain('DELETE /containers/c1');
  });
});
