import { describe, expect, it } from 'vitest';
import { dockerRunLine } from '../../../../src/actions/run/docker-run-line.ts';
import type { ContainerSpec } from '../../../../src/engine/port.ts';

const PLAIN: ContainerSpec = {
  image: 'iris:1',
  command: [],
  env: {},
  ports: [],
  volumes: [],
  labels: {},
  atEnd: 'keep',
  extraHosts: [],
};

describe('the command of docker that does the same', () => {
  it('is short for a plain container', () => {
    expect(dockerRunLine(PLAIN)).toBe('docker run -d iris:1');
  });

  it('names variables and shows no value', () => {
    const line = dockerRunLine({ ...PLAIN, env: { TOKEN: 'hunter2', "A'B": 'x' } });
    expect(line).toBe(`docker run -d -e TOKEN -e 'A'\\''B' iris:1`);
  });

  it('says all that was asked', () => {
    const line = dockerRunLine({
      ...PLAIN,
      name: 'iris',
      platform: { os: 'linux', architecture: 'arm64' },
      atEnd: 'remove',
      ports: [
        { hostAddress: '', hostPort: 0, containerPort: 5001, protocol: 'tcp' },
        { hostAddress: '::1', hostPort: 0, containerPort: 5001, protocol: 'tcp' },
        { hostAddress: '127.0.0.1', hostPort: 8000, lastHostPort: 8010, containerPort: 53, protocol: 'udp' },
      ],
      volumes: ['/data of mine:/data:ro'],
      labels: { team: 'a' },
      extraHosts: ['db:10.0.0.5'],
      networkMode: 'backend',
      user: '1:2',
      rootFileSystem: 'read-only',
      tmpfs: { '/tmp': '', '/run': 'size=1m' },
      capAdd: ['NET_ADMIN'],
      capDrop: ['ALL'],
      securityOptions: ['no-new-privileges'],
      entrypoint: 'sh',
      limits: {
        ...{ memoryBytes: 1024, memorySwapBytes: -1, nanoCpus: 1_500_000_000, cpuset: '0', pids: 9 },
        ...{ shmBytes: 64, ulimits: [{ name: 'nofile', soft: 1, hard: 2 }] },
      },
      gpus: { deviceIds: ['0', '1'], capabilities: ['gpu'] },
      restart: { name: 'on-failure', maximumRetries: 3 },
    });
    expect(line).toBe(
      "docker run -d --name iris --platform linux/arm64 --rm -p 5001 -p '[::1]::5001' -p 127.0.0.1:8000-8010:53/udp " +
        "-v '/data of mine:/data:ro' -l team=a --add-host db:10.0.0.5 --network backend --user 1:2 --read-only --tmpfs /tmp " +
        '--tmpfs /run:size=1m --cap-add NET_ADMIN --cap-drop ALL --security-opt no-new-privileges --entrypoint sh --memory 1024 ' +
        `--memory-swap -1 --cpus 1.5 --cpuset-cpus 0 --pids-limit 9 --shm-size 64 --ulimit nofile=1:2 --gpus '"device=0,1"' ` +
        '--restart on-failure:3 iris:1',
    );
  });

  it.each([
    [{ count: -1, capabilities: ['gpu'] }, '--gpus all'],
    [{ count: 2, capabilities: ['gpu'] }, '--gpus count=2'],
    [
      { driver: 'nvidia', count: -1, capabilities: ['gpu', 'utility'] },
      `--gpus 'driver=nvidia,count=-1,"capabilities=gpu,utility"'`,
    ],
  ])('of GPUs %j', (gpus, expected) => {
    expect(dockerRunLine({ ...PLAIN, gpus })).toBe(`docker run -d ${expected} iris:1`);
  });
});
