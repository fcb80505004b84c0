import { CaissonError } from '../core/errors.ts';
import { runStep } from '../core/events.ts';
import type { BuildPorts, Work } from './ports.ts';
import { examine } from './self-test/examine.ts';
import { figures } from './self-test/figures.ts';
import { forgetFailure, keepFailure, keepPass, keyOfPass, readPass } from './self-test/outcomes.ts';
import type { SelfTestRequest, SelfTestResult } from './self-test/request.ts';
import { arrange, isRoot, ORDINARY_USER, type Subject } from './self-test/subject.ts';
import { judge, type Verdict } from './self-test/verdict.ts';

export interface SelfTestInput {
  readonly subject: Subject;
  readonly request: SelfTestRequest;
  /** Whether an earlier pass counts. */
  readonly cache: 'use' | 'ignore';
}

type TestPorts = Pick<BuildPorts, 'engine' | 'keepsakes'>;

/**
 * The image at work before anybody else sees it: started as the strictest platform would, loaded, ready, asked. What cannot be tested
 * here is a warning. Throws SELF_TEST_FAILED with what was asked, what was answered and the log.
 */
export async function selfTest(input: SelfTestInput, ports: TestPorts, work: Work): Promise<SelfTestResult> {
  const key = keyOfPass(input.subject.imageId, input.request);
  const before = input.cache === 'use' ? await readPass(ports.keepsakes, key) : undefined;
  if (before !== undefined) {
    work.emit({ type: 'note', message: `self-test: passed before (${figures(before)})` });
    return { outcome: 'passed', tested: 'before', ...before };
  }
  const verdict = await test(input, ports, work);
  for (const { type, ...said } of verdict.remarks) work.emit({ type, ...said });
  if (verdict.outcome === 'not-runnable') return { outcome: verdict.outcome, reason: verdict.reason };
  await forgetFailure(ports.keepsakes, input.subject.imageId);
  await keepPass(ports.keepsakes, key, verdict.measured);
  return { outcome: 'passed', tested: 'now', ...verdict.measured };
}

/** One step, which fails when the image does. */
async function test(
  { subject, request }: SelfTestInput,
  { engine, keepsakes }: TestPorts,
  work: Work,
): Promise<Exclude<Verdict, { readonly outcome: 'failed' }>> {
  const user = await ordinaryUserFor(subject, engine, work);
  const { spec, circumstances } = arrange(subject, request, user);
  return runStep(work.emit, { step: 'self-test', title: 'self-test' }, async (step) => {
    const verdict = judge(await examine({ spec, request, engine, step }, work), circumstances);
    if (verdict.outcome === 'failed') {
      const { what, hint, detail } = verdict;
      await keepFailure(keepsakes, subject.imageId, what);
      const kept = subject.afterFailure === 'stays' ? 'is built and stays in the engine, but ' : '';
      const message = `image '${subject.name}' ${kept}fails its self-test: ${what}`;
      throw new CaissonError('SELF_TEST_FAILED', message, { hint, detail });
    }
    step.note(verdict.outcome === 'passed' ? `passed, ${figures(verdict.measured)}` : 'not possible here');
    return verdict;
  });
}

/** In the place of root; undefined for an image that runs as somebody else anyway. */
async function ordinaryUserFor(
  { imageId }: Subject,
  engine: TestPorts['engine'],
  { emit }: Work,
): Promise<string | undefined> {
  const description = await engine.inspectImage(imageId);
  if (!isRoot({ user: description?.user ?? '' })) return undefined;
  emit({
    type: 'warning',
    message: `the image runs as root; it is tested as the user ${ORDINARY_USER}`,
    hint: `end the Dockerfile of your own templates with USER ${ORDINARY_USER}: many clusters start no image of root`,
  });
  return ORDINARY_USER;
}
