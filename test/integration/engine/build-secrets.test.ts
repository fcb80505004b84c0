import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuildRequest, Engine } from '../../../src/engine/port.ts';
import { parseImageReference } from '../../../src/model/image-reference.ts';
import { EngineProbe } from '../../support/engine-probe.ts';
import { failureOf } from '../../support/failure.ts';
import { unpackImage, untar } from '../../support/image-archive.ts';
import { RecordingStep } from '../../support/recording-step.ts';
import { suiteFolder } from '../../support/test-folders.ts';
import { createTestEngine, skipReason, TEST_ENGINE, titled } from '../../support/test-engine.ts';

const base = TEST_ENGINE.baseImage ?? '';
const MOUNTS = '--mount=type=tmpfs,target=/run';
const SECRET = '--mount=type=secret,id=big,target=/run/secrets/big,required=true';

/** Sends a request for the keys and one to remove them all, and prints the answers. */
const ASK_AGENT = `
import os, socket
agent = socket.socket(socket.AF_UNIX)
agent.connect(os.environ["SSH_AUTH_SOCK"])
def exactly(size):
    data = b""
    while len(data) < size:
        data += agent.recv(size - len(data)) or exit("the agent hung up")
    return data
def ask(message):
    agent.sendall(len(message).to_bytes(4, "big") + message)
    answer = exactly(int.from_bytes(exactly(4), "big"))
    print("answer:", answer[0], len(answer), answer[-3:])
ask(bytes([11]))
ask(bytes([19]))
ask(bytes([13]) + bytes(100_000))
`;

describe.skipIf(skipReason !== undefined)(titled('secrets and ssh in builds on a real engine'), () => {
  const run = randomBytes(6).toString('hex');
  const folder = suiteFolder();
  let engine: Engine;
  let probe: EngineProbe;

  beforeAll(async () => {
    engine = createTestEngine();
    probe = await EngineProbe.open();
  });

  afterAll(async () => {
    await probe.removeImages(new RegExp(`/build-secrets:${run}$`));
  });

  async function build(
    lines: readonly string[],
    change: Partial<BuildRequest>,
  ): Promise<{ imageId: string; log: string }> {
    const step = new RecordingStep();
    const entries = [
      { path: 'Dockerfile', content: { kind: 'text', text: [`FROM ${base}`, ...lines, ''].join('\n') } },
      { path: 'ask.py', content: { kind: 'text', text: ASK_AGENT } },
    ] as const;
    const request: BuildRequest = {
      builder: 'buildkit',
      context: { entries },
      tags: [parseImageReference(`caisson-test/build-secrets:${run}`)],
      buildArgs: {},
      labels: {},
      cache: 'ignore',
      credentials: {},
      ...change,
    };
    const { imageId } = await engine.build(request, { step, signal: new AbortController().signal });
    return { imageId, log: step.lines.join('\n') };
  }

  it('mounts a secret of any bytes and of the largest size, and keeps not even its place', async () => {
    const secret = Buffer.concat([Buffer.from([0, 255, 10, 13]), randomBytes(500 * 1024 - 4)]);
    const { imageId, log } = await build(
      [
        `RUN ${MOUNTS} ${SECRET} stat -c "%a %u %s" /run/secrets/big; sha256sum /run/secrets/big; touch /kept`,
      ],
      { secrets: { big: secret } },
    );
    expect(log).toContain('400 0 512000');
    const { createHash } = await import('node:crypto');
    expect(log).toContain(createHash('sha256').update(secret).digest('hex'));
    const { layerTars } = await unpackImage(probe, imageId);
    const files = await untar(layerTars.at(-1) ?? Buffer.alloc(0));
    expect([...files.keys()].filter((path) => /^(kept|run)/.test(path))).toEqual(['kept']);
  });

  it('fails when a secret is not there', async () => {
    const error = await failureOf(
      build([`RUN ${MOUNTS} ${SECRET} true`], { secrets: { other: Buffer.from('x') } }),
    );
    expect(error.message + (error.detail ?? '')).toContain('secret big');
  });

  it.each(['buildkit', 'classic'] as const)('%s keeps no proxy that it was given', async (builder) => {
    const proxy = `http://me:proxy-${run}@127.0.0.1:9`;
    const { imageId, log } = await build(['RUN echo "proxy: $HTTP_PROXY$https_proxy"; touch /kept'], {
      builder,
      buildArgs: { HTTP_PROXY: proxy, https_proxy: proxy },
    });
    expect(log).toContain(`proxy: ${proxy}${proxy}`);
    const { raw, config } = await unpackImage(probe, imageId);
    expect(config).toContain('touch /kept');
    expect(raw.includes(`proxy-${run}`)).toBe(false);
  });

  describe('an ssh agent', () => {
    /** A key and its comment, as an agent lists them. */
    const keys = Buffer.concat([Buffer.from([12, 0, 0, 0, 1]), randomBytes(60_000), Buffer.from('END')]);
    const asked: Buffer[] = [];
    let agent: Server;
    let socket: string;

    beforeAll(async () => {
      socket = join(folder.path, 'agent.sock');
      agent = createServer((connection) => {
        let held = Buffer.alloc(0);
        connection.on('data', (chunk) => {
          held = Buffer.concat([held, chunk]);
          while (held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
            const message = held.subarray(4, 4 + held.readUInt32BE(0));
            held = held.subarray(4 + message.length);
            asked.push(message);
            const answer =
              message[0] === 11 ? keys : message[0] === 13 ? Buffer.from([14, 1, 2, 3]) : Buffer.from([5]);
            const length = Buffer.alloc(4);
            length.writeUInt32BE(answer.length);
            connection.write(Buffer.concat([length, answer]));
          }
        });
      });
      await new Promise<void>((resolve) => agent.listen(socket, resolve));
    });

    afterAll(() => {
      agent.close();
    });

    it('is reached from a step, which may list keys and sign and nothing else', async () => {
      const { log } = await build(
        ['COPY ask.py /ask.py', `RUN ${MOUNTS} --mount=type=ssh,id=default,required=true python3 /ask.py`],
        {
          sshSocket: socket,
        },
      );
      expect(log).toContain(`answer: 12 ${keys.length} b'END'`);
      expect(log).toContain("answer: 5 1 b'\\x05'");
      expect(log).toContain("answer: 14 4 b'\\x01\\x02\\x03'");
      expect(asked.map((message) => [message[0], message.length])).toEqual([
        [11, 1],
        [0, 1],
        [13, 100_001],
      ]);
    });

    it('fails a step that needs one when there is none', async () => {
      const error = await failureOf(
        build([`RUN ${MOUNTS} --mount=type=ssh,id=default,required=true true`], {}),
      );
      expect(error.message + (error.detail ?? '')).toContain('ssh');
    });
  });
});
