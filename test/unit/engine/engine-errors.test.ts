import { describe, expect, it } from 'vitest';
import {
  exitCodeOf,
  isNameTaken,
  replyOf,
  takenPortOf,
  transferFailure,
} from '../../../src/engine/engine-errors.ts';
import { parseImageReference } from '../../../src/model/image-reference.ts';

const reference = parseImageReference('localhost:5000/iris:1');

describe('transferFailure', () => {
  const hub = parseImageReference('team/iris:1');

  it.each([
    ['push', 'no basic auth credentials', 'REGISTRY_DENIED'],
    ['push', 'unauthorized: authentication required', 'REGISTRY_DENIED'],
    ['push', 'denied: requested access to the resource is denied', 'REGISTRY_DENIED'],
    ['push', 'error parsing HTTP 403 response body: …: 403 Forbidden', 'REGISTRY_DENIED'],
    ['push', 'An image does not exist locally with the tag: localhost:5000/iris', 'IMAGE_NOT_FOUND'],
    ['push', 'tag does not exist: localhost:5000/iris:1', 'IMAGE_NOT_FOUND'],
    [
      'push',
      'Get "http://localhost:5000/v2/": dial tcp [::1]:5000: connect: connection refused',
      'REGISTRY_FAILED',
    ],
    ['push', 'Get "https://r/v2/": http: server gave HTTP response to HTTPS client', 'REGISTRY_FAILED'],
    ['push', 'blob upload unknown', 'REGISTRY_FAILED'],
    ['pull', 'no matching manifest for linux/arm64/v8 in the manifest list entries', 'IMAGE_NOT_FOUND'],
    [
      'pull',
      'manifest for localhost:5000/iris:1 not found: manifest unknown: manifest unknown',
      'IMAGE_NOT_FOUND',
    ],
    [
      'pull',
      "pull access denied for x, repository does not exist or may require 'docker login': denied: …",
      'IMAGE_NOT_FOUND',
    ],
    [
      'pull',
      'Head "http://localhost:5000/v2/iris/manifests/1": no basic auth credentials',
      'REGISTRY_DENIED',
    ],
    [
      'pull',
      'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host',
      'REGISTRY_FAILED',
    ],
  ] as const)('%s: %s is %s', (direction, message, code) => {
    const error = transferFailure(message, { reference, direction });
    expect(error.code).toBe(code);
    expect(error.message).toContain('localhost:5000');
    expect(error.detail).toBe(message);
  });

  it('tells how to log in to this registry', () => {
    const denied = (image: typeof reference): string | undefined =>
      transferFailure('unauthorized', { reference: image, direction: 'push' }).hint;
    expect(denied(reference)).toBe('log in with: docker login localhost:5000');
    expect(denied(hub)).toBe('log in with: docker login');
  });
});

describe('takenPortOf', () => {
  it.each([
    [
      'driver failed programming external connectivity on endpoint x (id): Bind for 127.0.0.1:5001 failed: port is already allocated',
      5001,
    ],
    ['… Error starting userland proxy: listen tcp4 0.0.0.0:5001: bind: address already in use', 5001],
    ['… failed to bind host port [::]:5001/tcp: address already in use', 5001],
    ['… failed to bind host port for 0.0.0.0:5001:172.17.0.2:5001/tcp: address already in use', 5001],
    ['rootlessport listen tcp 0.0.0.0:5001: bind: address already in use', 5001],
    ['cannot listen on the TCP port: listen tcp4 :5001: bind: address already in use', 5001],
    ['OCI runtime create failed: executable file not found', undefined],
  ])('reads %s', (message, port) => {
    expect(takenPortOf(message)).toBe(port);
  });
});

describe('isNameTaken', () => {
  it.each([
    ['Conflict. The container name "/x" is already in use by container "abc".', true],
    ['creating container storage: the container name "x" is already in use by abc', true],
    ['No such image: x', false],
  ])('reads %s', (message, taken) => {
    expect(isNameTaken(message)).toBe(taken);
  });
});

describe('exitCodeOf', () => {
  it.each([
    ['executor failed running [/bin/sh -c x]: exit code: 7', 7],
    ['process "/bin/sh -c x" did not complete successfully: exit code: 12', 12],
    ["The command '/bin/sh -c x' returned a non-zero code: 127", 127],
    ['building at STEP "RUN x": while running runtime: exit status 3', 3],
    ['failed to compute cache key: "/x" not found', undefined],
  ])('reads %s', (message, code) => {
    expect(exitCodeOf(message)).toBe(code);
  });
});

describe('replyOf', () => {
  it('takes what docker-modem throws apart', () => {
    expect(replyOf(new Error('(HTTP code 409) unexpected - Conflict. A - b '))).toEqual({
      status: 409,
      message: 'Conflict. A - b',
    });
    expect(replyOf(new Error('(HTTP code 500) server error - two\nlines '))).toEqual({
      status: 500,
      message: 'two\nlines',
    });
    expect(replyOf(Object.assign(new Error('connect ENOENT'), { code: 'ENOENT' }))).toEqual({
      message: 'connect ENOENT',
      systemCode: 'ENOENT',
    });
  });
});
