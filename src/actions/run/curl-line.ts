import { parseMlModel } from '../../model/mlmodel.ts';
import type { Signature } from '../../model/signature.ts';
import { compactJson, parseJson } from '../compact-json.ts';
import { exampleBody } from './example-rows.ts';
import { firstRow } from './first-row.ts';
import { shellQuote } from './shell-quote.ts';

/** Above this many characters a body is cut to its first row, and dropped when even that is longer. */
const MAX_BODY = 2000;

export interface CurlInput {
  /** Without a slash at the end. */
  readonly url: string;
  /** Text of the model's serving_input_example.json. */
  readonly servingExample: string | undefined;
  /** Text of the model's MLmodel. */
  readonly mlmodel: string | undefined;
}

/** A command that gets a prediction from this very model: from its own example, else from its signature, else the general form. */
export function curlLine({ url, servingExample, mlmodel }: CurlInput): string {
  const body = bodyOfExample(servingExample) ?? bodyOfSignature(mlmodel);
  return body === undefined
    ? command(`${url}/predict`, '{"inputs": [[5.1, 3.5, 1.4, 0.2]]}')
    : command(`${url}/invocations`, body);
}

function command(url: string, body: string): string {
  return `curl -X POST -H 'Content-Type: application/json' -d ${shellQuote(body)} ${shellQuote(url)}`;
}

function bodyOfExample(text: string | undefined): string | undefined {
  const parsed = text === undefined ? undefined : parseJson(text);
  if (text === undefined || typeof parsed !== 'object' || parsed === null) return undefined;
  const whole = compactJson(text);
  return shortEnough(whole) ?? shortEnough(JSON.stringify(firstRow(parsed)));
}

function bodyOfSignature(mlmodel: string | undefined): string | undefined {
  const inputs = mlmodel === undefined ? undefined : readSignature(mlmodel)?.inputs;
  const body = inputs === undefined ? undefined : exampleBody(inputs);
  return body === undefined ? undefined : shortEnough(JSON.stringify(body));
}

function readSignature(mlmodel: string): Signature | undefined {
  try {
    return parseMlModel(mlmodel).signature;
  } catch {
    // the server has loaded the model: one that caisson cannot read is no reason to fail, the general form will do
    return undefined;
  }
}

function shortEnough(body: string): string | undefined {
  return body.length <= MAX_BODY ? body : undefined;
}
