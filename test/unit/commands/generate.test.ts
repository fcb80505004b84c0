import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../src/cli/option-values.ts';
import { GENERATE } from '../../../src/commands/generate.ts';
import { testPorts } from '../../support/action-ports.ts';
import { commandServices } from '../../support/command-services.ts';

describe('the answer of generate', () => {
  it('says what was asked for, and what that stood for', async () => {
    const ports = testPorts();
    ports.sources.origin = {
      uri: 'models:/iris@champion',
      pinnedUri: 'models:/iris/7',
      runId: 'r'.repeat(32),
      modelId: 'm-1',
      registeredName: 'iris',
      registeredVersion: 7,
    };
    const services = {
      ...commandServices({ ports }),
      outputFolder: () => ({ check: () => Promise.resolve(), write: () => Promise.resolve() }),
    };
    const options = readOptions(GENERATE.options, { 'output-directory': 'out' }, {});
    await GENERATE.handle({ arguments: ['models:/iris@champion'], options }, services);
    expect(services.answers).toEqual([
      {
        lines: ['out'],
        json: {
          command: 'generate',
          folder: 'out',
          files: expect.arrayContaining(['Dockerfile']) as string[],
          model: {
            uri: 'models:/iris@champion',
            pinnedUri: 'models:/iris/7',
            name: 'iris',
            version: 7,
            modelId: 'm-1',
            runId: 'r'.repeat(32),
            digest: `sha256:${'9afb'.repeat(16)}`,
          },
        },
      },
    ]);
  });
});
