import { describe, expect, it } from 'vitest';
import { readOptions, type TypedOptions } from '../../../src/cli/option-values.ts';
import { readSbom, SBOM, SBOM_FORMAT } from '../../../src/commands/sbom-options.ts';
import { readSigning, readSigningOfPush, SIGN, SIGN_KEY } from '../../../src/commands/sign-options.ts';
import { parseSourceDate } from '../../../src/commands/grammar/source-date.ts';
import { testPorts } from '../../support/action-ports.ts';
import { commandServices } from '../../support/command-services.ts';
import { codeOf } from '../../support/errors.ts';

const services = commandServices({ ports: testPorts() });
const sbomOf = (typed: TypedOptions) => readSbom(readOptions([SBOM, SBOM_FORMAT], typed, {}), services);

describe('--sbom', () => {
  it.each([
    [{ sbom: 'a.cdx.json' }, 'cyclonedx'],
    [{ sbom: 'a.json' }, 'cyclonedx'],
    [{ sbom: 'a.spdx.json' }, 'spdx'],
    [{ sbom: 'a.spdx.json', 'sbom-format': 'cyclonedx' }, 'cyclonedx'],
    [{ sbom: 'a', 'sbom-format': 'spdx' }, 'spdx'],
    [{}, undefined],
  ])('%j is %s', (typed, format) => {
    expect(sbomOf(typed)?.format).toBe(format);
  });

  it('needs a format or a name that says it', () => {
    expect(codeOf(() => sbomOf({ sbom: 'bill.xml' }))).toBe('USAGE');
  });
});

describe('SOURCE_DATE_EPOCH', () => {
  it.each([
    ['0', '1970-01-01T00:00:00Z'],
    ['1767323045', '2026-01-02T03:04:05Z'],
    ['', undefined],
    [undefined, undefined],
  ])('%j is %s', (text, date) => {
    expect(parseSourceDate(text)).toBe(date);
  });

  it.each(['now', '-1', '1.5', '1e3', ' 1', '99999999999999'])('%j is none', (text) => {
    expect(codeOf(() => parseSourceDate(text))).toBe('USAGE');
  });
});

describe('--sign and --sign-key', () => {
  const push = { name: 'push', kind: 'flag', summary: '' } as const;
  const optionsOf = (typed: TypedOptions, environment: Record<string, string> = {}) =>
    readOptions([SIGN, SIGN_KEY, push], typed, environment);

  it.each([
    [{}, undefined],
    [{ sign: true }, {}],
    [{ 'sign-key': 'k' }, { key: 'k' }],
    [{ sign: true, 'sign-key': 'k' }, { key: 'k' }],
  ] as const)('%j is %j', (typed, signing) => {
    expect(readSigning(optionsOf(typed))).toEqual(signing);
    expect(readSigningOfPush(optionsOf({ ...typed, push: true }))).toEqual(signing);
  });

  it('are for what is pushed', () => {
    expect(codeOf(() => readSigningOfPush(optionsOf({ sign: true })))).toBe('USAGE');
    expect(codeOf(() => readSigningOfPush(optionsOf({ 'sign-key': 'k' })))).toBe('USAGE');
    expect(readSigningOfPush(optionsOf({}, { CAISSON_SIGN_KEY: 'k' }))).toBeUndefined();
    expect(readSigningOfPush(optionsOf({ push: true }, { CAISSON_SIGN_KEY: 'k' }))).toEqual({ key: 'k' });
  });
});
