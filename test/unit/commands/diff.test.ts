import { describe, expect, it } from 'vitest';
import { DIFF } from '../../../src/commands/diff.ts';
import { readOptions, type TypedOptions } from '../../../src/cli/option-values.ts';
import { testPorts } from '../../support/action-ports.ts';
import { commandServices } from '../../support/command-services.ts';
import { rejection } from '../../support/errors.ts';
import { LOCK, tellingFiles } from '../../support/image-facts.ts';

function scene() {
  const ports = testPorts();
  const one = tellingFiles({ request: { labels: { team: 'a\u202Eb' } } });
  const two = tellingFiles({ lock: LOCK.replace('mlflow==3.17.2', 'mlflow==3.18.0') });
  ports.engine.addImage('registry.test/iris:1', {
    imageId: `sha256:${'1a'.repeat(32)}`,
    files: one,
    size: 1000,
  });
  ports.engine.addImage('registry.test/iris:2', {
    imageId: `sha256:${'2b'.repeat(32)}`,
    files: two,
    size: 2000,
  });
  ports.engine.addImage('registry.test/foreign:1');
  const services = commandServices({ ports });
  const events: object[] = [];
  return {
    services: { ...services, emit: (event: object) => events.push(event) },
    answers: services.answers,
    events,
  };
}

const diff = (services: ReturnType<typeof scene>['services'], words: string[], typed: TypedOptions = {}) =>
  DIFF.handle({ arguments: words, options: readOptions(DIFF.options, typed, {}) }, services);

const IMAGES = ['registry.test/iris:1', 'registry.test/iris:2'];

describe('caisson diff', () => {
  it('prints a table of what differs, with nothing that moves the cursor', async () => {
    const { services, answers } = scene();
    await diff(services, IMAGES);
    expect(`${answers[0]?.lines.join('\n')}\n`).toMatchInlineSnapshot(`
      "                registry.test/iris:1  registry.test/iris:2
      package mlflow  ==3.17.2              ==3.18.0
      label team      a\\u202eb              -
      image id        1a1a1a1a1a1a          2b2b2b2b2b2b
      image size      1000 bytes            2000 bytes
      "
    `);
  });

  it('gives whole values as JSON', async () => {
    const { services, answers } = scene();
    await diff(services, IMAGES);
    expect(answers[0]?.json).toMatchObject({
      command: 'diff',
      a: { kind: 'image', name: 'registry.test/iris:1', size: 1000 },
      b: { kind: 'image', name: 'registry.test/iris:2', size: 2000 },
      equal: false,
      notCompared: [],
    });
    expect(answers[0]?.json['differences']).toEqual(
      expect.arrayContaining([
        { part: 'package', item: 'mlflow', a: '==3.17.2', b: '==3.18.0' },
        { part: 'label', item: 'team', a: 'a\u202Eb' },
        { part: 'image id', a: expect.stringMatching(/^sha256:[a-f0-9]{64}$/), b: expect.any(String) },
      ]),
    );
  });

  it('prints nothing for equals', async () => {
    const { services, answers } = scene();
    await diff(services, [IMAGES[0]!, IMAGES[0]!], { 'exit-code': true });
    expect(answers[0]).toMatchObject({ lines: [], json: { equal: true, differences: [] } });
  });

  it('ends with a code of its own when it is asked to, after the answer', async () => {
    const { services, answers } = scene();
    expect(await rejection(diff(services, IMAGES, { 'exit-code': true }))).toMatchObject({
      code: 'DIFFERENT',
      exitCode: 10,
    });
    expect(answers).toHaveLength(1);
  });

  it('says what an image and a model do not both tell', async () => {
    const { services, events } = scene();
    await diff(services, [IMAGES[0]!, './model']);
    expect(events).toContainEqual({
      type: 'note',
      message: expect.stringMatching(/^not compared, since only one of .* tells it: .*model file.*package/),
    });
  });

  it('takes two, of which each is an image of caisson or a model', async () => {
    const { services } = scene();
    for (const words of [['a'], ['a', 'b', 'c']])
      expect(await rejection(diff(services, words))).toMatchObject({
        code: 'USAGE',
        hint: 'caisson diff A B',
      });
    expect(await rejection(diff(services, [IMAGES[0]!, 'registry.test/foreign:1']))).toMatchObject({
      code: 'RECORD_BROKEN',
      message: "the image 'registry.test/foreign:1' does not say how it was built",
    });
  });
});
