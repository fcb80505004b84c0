import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseServerVariables, SERVER_VARIABLES } from '../../../scripts/support/server-variables.mjs';
import { referencePages } from '../../../src/cli/reference.ts';
import { ROOT } from '../../support/environment.ts';

const source = readFileSync(join(ROOT, SERVER_VARIABLES), 'utf8');
const pages = referencePages({ serverVariables: parseServerVariables(source) });

describe('docs/reference', () => {
  it.each(Object.entries(pages))('%s is what the tables say (npm run docs)', (name, text) => {
    expect(readFileSync(join(ROOT, 'docs/reference', name), 'utf8')).toBe(text);
  });

  it('shows <names> that are not in code', () => {
    const cell = 'a <b> `<c>` d|e';
    const page = referencePages({ serverVariables: [['A', cell]] })['environment.md'];
    expect(page).toContain('| `A` | a \\<b> `<c>` d\\|e |');
  });

  it('lists every variable of the server', () => {
    // read once more in another way: all that stands before a colon at the begin of a line
    const names = [...source.matchAll(/^\s*["'](\w+)["']\s*:/gm)].map(([, name]) => name);
    const section = pages['environment.md']?.split('\n## In the image\n')[1] ?? '';
    const listed = [...section.matchAll(/^\| `(\w+)` \| .+ \|$/gm)].map(([, name]) => name);
    expect(names).toContain('MLFLOW_MODELS_WORKERS');
    expect(listed).toEqual(names);
  });
});
