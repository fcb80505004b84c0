import { DockerfileParser } from 'dockerfile-ast';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hookSteps } from '../../../src/image/hook-steps.ts';
import { checkHooks } from '../../../src/plan/hooks.ts';
import { hostileText } from '../../support/hostile-text.ts';

const plan = (hooks: readonly string[], more: Partial<Parameters<typeof hookSteps>[0]> = {}) => ({
  builder: 'buildkit' as const,
  secrets: { ids: [], ssh: 'none' as const },
  certificateAuthority: 'none' as const,
  hooks,
  ...more,
});

/** Any text, of several lines too. */
const command = fc
  .array(hostileText, { minLength: 1, maxLength: 4 })
  .map((lines) => lines.join('\n'))
  .filter((text) => text.trim() !== '' && !/[\0\p{Cs}]/u.test(text));

describe('hookSteps', () => {
  it('are one instruction each, from which the shell gets exactly what was written', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 4 }), fc.boolean(), (hooks, isTrusting) => {
        const certificateAuthority = isTrusting ? ('in-context' as const) : ('none' as const);
        const steps = hookSteps(plan(checkHooks(hooks), { certificateAuthority }));
        const text = ['FROM x', ...steps.map((step) => `RUN ${step}`), 'LABEL end="1"'].join('\n');
        const instructions = DockerfileParser.parse(text).getInstructions();
        expect(instructions.map((item) => item.getKeyword())).toEqual([
          'FROM',
          ...hooks.map(() => 'RUN'),
          'LABEL',
        ]);
        expect(text).not.toContain('<<');
        const words = steps.map(
          (step) => JSON.parse(step.replace(/^(?:--mount=\S+ )*/, '')) as readonly string[],
        );
        expect(words.map((item) => item.slice(-3))).toEqual(hooks.map((hook) => ['/bin/sh', '-ec', hook]));
      }),
      { numRuns: 500 },
    );
  });

  it('stay below the length of a line at worst', () => {
    const [step = ''] = hookSteps(
      plan(checkHooks(['\u0001'.repeat(10_000)]), { certificateAuthority: 'in-context' }),
    );
    expect(Buffer.byteLength(`RUN ${step}`)).toBeLessThan(65_535);
  });

  it('trust the CA where it can be mounted', () => {
    const certificateAuthority = 'in-context' as const;
    const [mounted] = hookSteps(plan(['id'], { certificateAuthority }));
    expect(mounted).toContain('--mount=type=bind,source=ca.crt,target=/mnt/ca.crt');
    expect(mounted).toContain('"SSL_CERT_FILE=/mnt/ca.crt"');
    const bare = ['["/bin/sh", "-ec", "id"]'];
    expect(hookSteps(plan(['id']))).toEqual(bare);
    expect(hookSteps(plan(['id'], { certificateAuthority, builder: 'classic' }))).toEqual(bare);
  });

  it('may read the secrets', () => {
    const [mounted] = hookSteps(plan(['id'], { secrets: { ids: ['token'], ssh: 'none' } }));
    expect(mounted).toBe(
      '--mount=type=tmpfs,target=/run --mount=type=secret,id=token,target=/run/secrets/token,required=true ["/bin/sh", "-ec", "id"]',
    );
  });
});
