import { withoutUndefined } from '../../core/objects.ts';
import { causeOf, type Cause, type Evidence } from './causes.ts';
import type { Observation } from './examine.ts';
import type { Asked } from './report.ts';
import type { Measured, RequestSource } from './request.ts';

/** What to tell the user about an image that was not found wanting. */
interface Remark {
  readonly type: 'note' | 'warning';
  readonly message: string;
  readonly hint?: string;
}

export type Verdict =
  | { readonly outcome: 'passed'; readonly measured: Measured; readonly remarks: readonly Remark[] }
  | { readonly outcome: 'not-runnable'; readonly reason: string; readonly remarks: readonly Remark[] }
  | ({ readonly outcome: 'failed' } & Complaint);

interface Complaint {
  readonly what: string;
  readonly detail: string;
  readonly hint: string | undefined;
}

export interface Circumstances {
  readonly networkMode: string;
  /** Variables that the model declares and nobody set. */
  readonly missingVariables: readonly string[];
  /** `asks-for-model`: an image without a model that is given none has passed when it says so. */
  readonly expectation: 'serves' | 'asks-for-model';
}

/** Requests whose exchange an error shows. */
const MOST_SHOWN = 3;
const ASKS_FOR_MODEL = 'Please set the MLFLOW_MODEL_URI environment variable';
const EXAMPLE_HINT =
  'log the model with an input_example, or give a request of your own with --self-test FILE';

const SOURCES: Readonly<Record<RequestSource, string>> = {
  yours: 'your request',
  saved_example: "the model's input example",
  signature: "a request made from the model's signature",
  guess: "a request made from the model's signature",
};

/** What was seen, judged. A made-up request that a model may refuse is a warning, unless its reason blames the image. */
export function judge(seen: Observation, circumstances: Circumstances): Verdict {
  if (seen.kind === 'asked') return judgeAnswers(seen, circumstances);
  const { reason: what, log, hint } = seen;
  if (circumstances.expectation === 'asks-for-model' && what.includes(ASKS_FOR_MODEL))
    return passedWithoutModel();
  const error = `${what}\n${log.trimEnd().split('\n').at(-1) ?? ''}`;
  const cause = causeOf({ ...circumstances, ...seen, failure: 'not-ready', error, text: `${what}\n${log}` });
  return condemn(cause, { what, detail: logDetail(log), hint });
}

function judgeAnswers(seen: Observation & { readonly kind: 'asked' }, circumstances: Circumstances): Verdict {
  const wrong = seen.asked.filter(({ problem }) => problem !== undefined);
  const error = wrong.map(({ problem = '', answer = '' }) => `${problem}\n${answer}`).join('\n');
  const evidence = { ...circumstances, ...seen, failure: failureOf(wrong), error };
  const cause = wrong.length === 0 ? undefined : causeOf({ ...evidence, text: `${error}\n${seen.log}` });
  const fatal = cause?.blame === 'image' ? wrong : wrong.filter((asked) => !mayBeRefused(asked));
  if (fatal.length === 0) return pass(seen, wrong);
  const exchanges = fatal.slice(0, MOST_SHOWN).map(exchangeOf);
  const detail = [...exchanges, logDetail(seen.log)].filter((part) => part !== '').join('\n');
  return condemn(cause, { what: describe(fatal), detail, hint: undefined });
}

/** Of several, the one that excuses least. */
function failureOf(wrong: readonly Asked[]): Evidence['failure'] {
  if (wrong.some(({ status }) => status !== undefined && status < 400)) return 'answered';
  return wrong.every(wasRefused) ? 'refused' : 'died';
}

/** Nobody can know what a text for a model must say: one that was made up may be refused, but it must not kill or stop the server. */
const mayBeRefused = (asked: Asked): boolean => asked.source === 'guess' && wasRefused(asked);

const wasRefused = ({ status }: Asked): boolean => status !== undefined && status >= 400 && status <= 500;

/** Unless something outside of the image is to blame. */
function condemn(cause: Cause | undefined, complaint: Complaint): Verdict {
  if (cause?.blame !== 'here')
    return { outcome: 'failed', ...complaint, hint: cause?.hint ?? complaint.hint };
  const { reason, hint } = cause;
  const message = `the self-test cannot run here: ${reason}`;
  return { outcome: 'not-runnable', reason, remarks: [{ type: 'warning', message, hint }] };
}

function pass(seen: Observation & { readonly kind: 'asked' }, refused: readonly Asked[]): Verdict {
  const { asked, loadSeconds, memoryBytes } = seen;
  const requests = asked.map(({ source, path, status, milliseconds }) =>
    withoutUndefined({ source, path, status, milliseconds }),
  );
  const measured = withoutUndefined({ loadSeconds, memoryBytes, requests });
  return {
    outcome: 'passed',
    measured,
    remarks: asked.length === 0 ? [NOTHING_ASKED] : refused.map(refusal),
  };
}

const NOTHING_ASKED: Remark = {
  type: 'note',
  message:
    'the self-test has asked for no prediction: the model has neither an input example nor a signature (--self-test FILE gives requests of your own)',
};

function refusal({ source, problem = '' }: Asked): Remark {
  const message = `the self-test cannot tell whether the model predicts: ${SOURCES[source]} gets ${problem}`;
  return { type: 'warning', message, hint: EXAMPLE_HINT };
}

function passedWithoutModel(): Verdict {
  const message =
    'the self-test has seen that the server starts and asks for MLFLOW_MODEL_URI: with --self-test-env MLFLOW_MODEL_URI=… and --self-test-network bridge it loads a model, too';
  return { outcome: 'passed', measured: { requests: [] }, remarks: [{ type: 'note', message }] };
}

function describe(fatal: readonly Asked[]): string {
  const parts = fatal
    .slice(0, 1)
    .map(({ source, path, problem = '' }) => `${SOURCES[source]} to ${path}: ${problem}`);
  return fatal.length > 1 ? `${parts.join('')} (and ${fatal.length - 1} more)` : parts.join('');
}

function exchangeOf({ path, request = '', status, answer = '' }: Asked): string {
  return [`asked: POST ${path}`, `  ${request}`, `answered: ${status ?? 'nothing'}`, `  ${answer}`].join(
    '\n',
  );
}

function logDetail(log: string): string {
  return log === '' ? '' : `the last lines of the container:\n${log}`;
}
