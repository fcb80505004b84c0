import { describe, expect, it } from 'vitest';
import { createBody, publishedPorts } from '../../../src/engine/container-spec.ts';
import type { ContainerSpec } from '../../../src/engine/port.ts';

const spec: ContainerSpec = {
  image: 'iris:1',
  command: [],
  env: { A: '1', B: 'x=y' },
  ports: [
    { hostAddress: '127.0.0.1', hostPort: 5001, containerPort: 5001, protocol: 'tcp' },
    { hostAddress: '', hostPort: 0, containerPort: 5001, protocol: 'tcp' },
    { hostAddress: '::1', hostPort: 53, containerPort: 53, protocol: 'udp' },
  ],
  volumes: ['/data:/data:ro'],
  labels: { a: 'b' },
  atEnd: 'remove',
  extraHosts: ['host.docker.internal:host-gateway'],
};

describe('createBody', () => {
  it("is Docker's", () => {
    expect(createBody(spec)).toEqual({
      Image: 'iris:1',
      Env: ['A=1', 'B=x=y'],
      Labels: { a: 'b' },
      ExposedPorts: { '5001/tcp': {}, '53/udp': {} },
      HostConfig: {
        PortBindings: {
          '5001/tcp': [
            { HostIp: '127.0.0.1', HostPort: '5001' },
            { HostIp: '', HostPort: '' },
          ],
          '53/udp': [{ HostIp: '::1', HostPort: '53' }],
        },
        Binds: ['/data:/data:ro'],
        ExtraHosts: ['host.docker.internal:host-gateway'],
        AutoRemove: true,
      },
    });
  });

  it("leaves the image's command alone unless there is one", () => {
    expect(createBody(spec)).not.toHaveProperty('Cmd');
    expect(createBody({ ...spec, command: ['serve'] })).toHaveProperty('Cmd', ['serve']);
  });
});

describe('publishedPorts', () => {
  it('tells all addresses once, and nothing of ports that are only exposed', () => {
    const ports = {
      '5001/tcp': [
        { HostIp: '0.0.0.0', HostPort: '49153' },
        { HostIp: '::', HostPort: '49153' },
      ],
      '5002/udp': [{ HostIp: '127.0.0.1', HostPort: '7' }],
      '8080/tcp': null,
    };
    expect(publishedPorts(ports)).toEqual([
      { hostAddress: '', hostPort: 49153, containerPort: 5001, protocol: 'tcp' },
      { hostAddress: '127.0.0.1', hostPort: 7, containerPort: 5002, protocol: 'udp' },
    ]);
    expect(publishedPorts(undefined)).toEqual([]);
  });
});
