import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { ExitWatch } from '../../../src/engine/container-exit.ts';
import type { ContainerSpec, Engine } from '../../../src/engine/port.ts';
import { EngineProbe, eventually } from '../../support/engine-probe.ts';
import { failureOf } from '../../support/failure.ts';
import { createTestEngine, skipReason, TEST_ENGINE, titled } from '../../support/test-engine.ts';

describe.skipIf(skipReason !== undefined)(titled('containers on a real engine'), () => {
  let engine: Engine;
  let probe: EngineProbe;

  beforeAll(async () => {
    engine = createTestEngine();
    probe = await EngineProbe.open();
  });

  const spec = (script: string, change: Partial<ContainerSpec> = {}): ContainerSpec => ({
    image: TEST_ENGINE.baseImage ?? '',
    command: ['/bin/sh', '-c', script],
    env: {},
    ports: [],
    volumes: [],
    labels: {},
    atEnd: 'remove',
    extraHosts: [],
    ...change,
  });

  it('loses no line of many short containers that remove themselves', async () => {
    for (let round = 0; round < 10; round += 1) {
      const container = await engine.start(spec(`echo ${round}; exit ${round}`));
      const lines: string[] = [];
      for await (const { line } of container.logs(new AbortController().signal)) lines.push(line);
      expect(lines).toEqual([`${round}`]);
      expect((await container.wait()).exitCode).toBe(round);
    }
  });

  it('hands over environment, labels, hosts and volumes', async () => {
    const container = await engine.start(
      spec(
        'echo "$WORD"; grep host.test /etc/hosts | cut -f1; cat /mounted/hosts > /dev/null && echo mounted',
        {
          env: { WORD: 'a "b" $c = d' },
          extraHosts: ['host.test:10.1.2.3'],
          volumes: ['/etc:/mounted:ro'],
          labels: { 'caisson.test': 'yes' },
        },
      ),
    );
    const lines: string[] = [];
    for await (const { line } of container.logs(new AbortController().signal)) lines.push(line);
    expect(lines).toEqual(['a "b" $c = d', '10.1.2.3', 'mounted']);
    await container.wait();
  });

  it('names a port that a program of the host has, and leaves no container', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const hostPort = (server.address() as AddressInfo).port;
    const before = await probe.containers();
    const ports = [{ hostAddress: '127.0.0.1', hostPort, containerPort: 5001, protocol: 'tcp' }] as const;
    for (const atEnd of ['keep', 'remove'] as const) {
      const error = await failureOf(engine.start(spec('sleep 60', { ports, atEnd })));
      expect([error.code, error.message]).toEqual([
        'PORT_IN_USE',
        `port ${hostPort} is taken by another program on the engine's host`,
      ]);
    }
    await new Promise((resolve) => server.close(resolve));
    expect(
      await eventually(
        () => probe.containers(),
        (now) => now.length === before.length,
      ),
    ).toEqual(before);
  });

  it('tells of a command that does not exist, and leaves no container', async () => {
    const before = await probe.containers();
    const error = await failureOf(engine.start(spec('', { command: ['/no/such/program'] })));
    expect(error.code).toBe('ENGINE_FAILED');
    expect(error.message).toContain('/no/such/program');
    expect(
      await eventually(
        () => probe.containers(),
        (now) => now.length === before.length,
      ),
    ).toEqual(before);
  });

  it('kills what does not stop in time', async () => {
    const container = await engine.start(spec("trap '' TERM; echo on; while true; do sleep 0.1; done"));
    for await (const line of container.logs(new AbortController().signal)) {
      expect(line.line).toBe('on');
      break;
    }
    await container.stop(1);
    expect(await container.wait()).toEqual({ exitCode: 137, outOfMemory: false });
  });

  it.each(['keep', 'remove'] as const)('knows that one was out of memory (%s)', async (atEnd) => {
    const created = (await probe.api.json({
      method: 'POST',
      path: '/containers/create',
      body: {
        Image: TEST_ENGINE.baseImage,
        Cmd: ['python3', '-c', 'x = bytearray(200_000_000)'],
        HostConfig: { Memory: 32_000_000, MemorySwap: 32_000_000, AutoRemove: atEnd === 'remove' },
      },
    })) as { Id: string };
    const watch = await ExitWatch.open(probe.api, created.Id, atEnd);
    await probe.api.json({ method: 'POST', path: `/containers/${created.Id}/start` });
    expect(await watch.exit()).toEqual({ exitCode: 137, outOfMemory: true });
    if (atEnd === 'keep') await probe.api.json({ method: 'DELETE', path: `/containers/${created.Id}` });
  });

  it.each(['keep', 'remove'] as const)(
    'is no reason to stay alive once nobody listens (%s)',
    async (atEnd) => {
      const connections = (): number =>
        process.getActiveResourcesInfo().filter((type) => /PipeWrap|TCPSocketWrap/.test(type)).length;
      await engine.describe();
      const before = await eventually(
        () => Promise.resolve(connections()),
        () => false,
        500,
      );
      const container = await engine.start(spec('echo on; sleep 120', { atEnd }));
      const controller = new AbortController();
      for await (const { line } of container.logs(controller.signal)) {
        expect(line).toBe('on');
        expect(connections()).toBeGreaterThan(before);
        controller.abort();
      }
      expect(
        await eventually(
          () => Promise.resolve(connections()),
          (now) => now <= before,
        ),
      ).toBe(before);
      // It still hears of the end when it asks.
      const exit = container.wait();
      await container.remove();
      expect((await exit).exitCode).toBe(137);
    },
  );
});
