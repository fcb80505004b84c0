import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCertificates } from '../../../../src/commands/grammar/certificate.ts';
import { classifyTarget } from '../../../../src/commands/grammar/run-target.ts';
import { parseSeconds } from '../../../../src/commands/grammar/seconds.ts';
import { parseContainerName } from '../../../../src/commands/grammar/container-name.ts';
import { parseVolume } from '../../../../src/commands/grammar/volume.ts';
import { codeOf } from '../../../support/errors.ts';

describe('-v, by docker’s rules', () => {
  it.each([
    ['/data:/data', '/data:/data'],
    ['/data:/data:ro', '/data:/data:ro'],
    ['./data:/data', '/home/me/data:/data'],
    ['../data:/data:ro,z', '/home/data:/data:ro,z'],
    ['.:/data', '/home/me:/data'],
    ['cache:/data', 'cache:/data'],
    ['/data', '/data'],
  ])('%s', (text, expected) => {
    expect(parseVolume(text, '/home/me')).toBe(expected);
  });

  it.each([
    '',
    'data',
    '/a:b',
    '/a:',
    ':/a',
    '/a:/b:ro:x',
    '/a:/b:rx',
    '/a:/b:ro,',
    'a/b:/c',
    '/a:/',
    '/a:/x/..',
  ])('refuses %j', (text) => {
    expect(codeOf(() => parseVolume(text, '/home/me'))).toBe('USAGE');
  });
});

describe('--name', () => {
  it.each(['iris', 'my_iris-1.0', '0a'])('takes %j', (text) => {
    expect(parseContainerName(text)).toBe(text);
  });

  it.each(['', 'a', '-iris', 'a/b', 'a b', 'é1'])('refuses %j', (text) => {
    expect(codeOf(() => parseContainerName(text))).toBe('USAGE');
  });
});

describe('--ready-timeout', () => {
  it('is in seconds', () => {
    expect(parseSeconds('1.5', 'ready-timeout')).toBe(1500);
  });

  it.each(['', '0', '-1', '1m', 'NaN', '1e3', '86401'])('refuses %j', (text) => {
    expect(codeOf(() => parseSeconds(text, 'ready-timeout'))).toBe('USAGE');
  });
});

describe('what run runs', () => {
  it.each([
    ['runs:/abc/model', 'model'],
    ['models:/iris@champion', 'model'],
    ['file:model', 'model'],
    ['s3://bucket/model', 'model'],
    ['./iris', 'model'],
    ['../iris', 'model'],
    ['/srv/iris', 'model'],
    ['iris/', 'model'],
    ['.', 'model'],
    ['iris', 'image'],
    ['repo/iris:1', 'image'],
    ['localhost:5000/iris', 'image'],
    ['registry.example.com:5000/a/b@sha256:0123', 'image'],
  ])('%s is a %s', (text, kind) => {
    expect(classifyTarget(text, { isModelFolder: false }).kind).toBe(kind);
  });

  it('takes the folder of a model before an image of the same name', () => {
    expect(classifyTarget('iris', { isModelFolder: true }).kind).toBe('model');
  });
});

describe('--ca-cert', () => {
  const folder = mkdtempSync(join(tmpdir(), 'caisson-ca-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=test', '-days', '1'];
  execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const [certText, keyText] = [readFileSync(cert, 'utf8'), readFileSync(key, 'utf8')];
  rmSync(folder, { recursive: true });

  it('keeps the certificates and drops everything else, a private key above all', () => {
    const kept = parseCertificates(`# our CA\n${certText}\n${keyText}${certText}`, 'ca.pem');
    expect(kept).toBe(`${certText.trim()}\n${certText.trim()}\n`);
  });

  it.each([
    ['', "'ca.pem' holds no PEM certificate"],
    [keyText, "'ca.pem' holds no PEM certificate"],
    [certText.replace(/M.{40}/, '!'), "certificate 1 of 'ca.pem' is broken"],
  ])('refuses what holds no sound certificate (%#)', (text, message) => {
    expect(() => parseCertificates(text, 'ca.pem')).toThrow(message);
  });
});
