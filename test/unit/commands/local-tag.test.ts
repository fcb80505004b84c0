import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localTag } from '../../../src/commands/local-tag.ts';
import { wildText } from '../../support/hostile-text.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('localTag', () => {
  it.each([
    ['models:/Iris Model/3', 'Iris Model', 'iris-model'],
    ['runs:/0123/sub/my_model/', undefined, 'my-model'],
    ['runs:/0123/日本', undefined, 'model'],
    ['runs:/0123/--x', undefined, 'x'],
  ])('names %s after what it is', (uri, registeredName, name) => {
    const origin = { uri, ...(registeredName === undefined ? {} : { registeredName }) };
    expect(localTag({ model: { origin, digest }, plan: {} })).toMatchObject({
      repository: `caisson-local/${name}`,
      tag: 'aaaaaaaaaaaa',
    });
  });

  it('is a reference whatever the name, however long', () => {
    const long = fc.constantFrom('x'.repeat(300), `${'x-'.repeat(49)}${'-'.repeat(300)}y`);
    fc.assert(
      fc.property(fc.oneof(wildText, long), (uri) => {
        const { registry, repository, tag } = localTag({ model: { origin: { uri }, digest }, plan: {} });
        expect(registry).toBe('docker.io');
        expect(repository).toMatch(/^caisson-local\/[a-z0-9]+(?:-[a-z0-9]+)*$/);
        expect(tag).toBe('aaaaaaaaaaaa');
      }),
    );
  });
});
