import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Account } from '../support/e2e/caisson.ts';
import { ROOT } from '../support/environment.ts';

let account: Account;

beforeAll(() => {
  account = new Account();
  cpSync(`${ROOT}/fixtures/models/mlflow3-iris-tensor`, join(account.work, 'model'), { recursive: true });
});

afterAll(() => {
  account.remove();
});

/** The installed program holds templates that are compiled, and has to bring their texts and a compiler for these all the same. */
describe('templates of the user’s own, with the installed program', () => {
  it('are ejected, changed and used', async () => {
    expect(await account.run(['templates', 'eject', 'mine'])).toMatchObject({ code: 0, stdout: 'mine\n' });
    mkdirSync(join(account.work, 'mine/blocks'));
    writeFileSync(join(account.work, 'mine/blocks/end.hbs'), '# port {{port}} is mine\n');
    const settings = join(account.work, 'mine/partials/serve-settings.hbs');
    const changed = readFileSync(settings, 'utf8').replace('--interval=10s', '--interval=7s');
    writeFileSync(settings, changed);

    for (const [output, options] of [
      ['plain', []],
      ['out', ['--templates', 'mine']],
    ] as const) {
      const { code, stderr } = await account.run(['generate', './model', '-o', output, ...options]);
      expect(stderr).not.toMatch(/^error:/m);
      expect(code).toBe(0);
    }
    const [plain, own] = ['plain', 'out'].map((folder) =>
      readFileSync(join(account.work, folder, 'Dockerfile'), 'utf8'),
    );
    expect(plain).toContain('HEALTHCHECK --interval=10s ');
    expect(own).toContain('HEALTHCHECK --interval=7s ');
    expect(own).toMatch(/^# port 5001 is mine$/m);
    expect(own).toContain('LABEL io.caisson.templates.sha256=');
    expect(account.leftovers()).toEqual([]);
  });

  it('are refused with their line when they are broken', async () => {
    mkdirSync(join(account.work, 'broken/blocks'), { recursive: true });
    writeFileSync(join(account.work, 'broken/blocks/end.hbs'), '\n{{prot}}\n');
    const args = ['generate', './model', '-o', 'never', '--templates', 'broken'];
    const { code, stderr } = await account.run(args);
    expect(stderr).toContain("blocks/end.hbs' is broken in line 2: 'prot' is no value of this place");
    expect(code).toBe(2);
  });
});
