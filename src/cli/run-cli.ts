import { COMMANDS } from '../commands/index.ts';
import { GLOBAL_OPTIONS } from '../commands/global-options.ts';
import type { OptionReader } from '../commands/spec.ts';
import { abortReason } from '../core/errors.ts';
import { createSecretKeeper, type SecretKeeper } from '../core/redaction.ts';
import { printAnswer, type OutputForm } from './answer.ts';
import { complete, completionAsked, formatCompletion } from './complete.ts';
import type { Environment } from './config/environment.ts';
import { environmentSecrets } from './config/secrets.ts';
import { readOptions } from './option-values.ts';
import { parseLine, type Invocation } from './program.ts';
import { createReporter, resolveProgress, type ProgressKind } from './report/choose-reporter.ts';
import { viewError } from './report/error-view.ts';
import { createReporting, type Reporting, type TextSink } from './report/reporter.ts';
import type { OutputStream } from './report/terminal.ts';
import { createServices } from './services.ts';

/** Everything that the process gives a command: main takes it from node, tests make it up. */
export interface CliInput {
  readonly argv: readonly string[];
  readonly environment: Environment;
  readonly workingFolder: string;
  readonly version: string;
  readonly stdout: TextSink;
  readonly stderr: OutputStream;
  readonly signal: AbortSignal;
}

/** Runs one command line to its end and returns the exit code. Throws nothing. */
export async function runCli(input: CliInput): Promise<number> {
  const { argv, environment, version, stdout, stderr, signal } = input;
  const asked = completionAsked(argv);
  if (asked !== undefined) {
    stdout.write(formatCompletion(complete(asked, COMMANDS)));
    return 0;
  }
  const line = parseLine(argv, { commands: COMMANDS, version });
  if (line.kind === 'text') {
    stdout.write(line.text);
    return line.exitCode;
  }
  const globals = tryReadGlobals(() => readOptions(GLOBAL_OPTIONS, line.globals, environment));
  const kind = (globals.options?.required('progress') ?? 'plain') as ProgressKind;
  const reporter = await createReporter(resolveProgress(kind, stderr, environment), stderr);
  const secrets = createSecretKeeper();
  secrets.add(...environmentSecrets(environment));
  const reporting = createReporting({ reporter, redact: secrets.redact, now: () => new Date() });
  try {
    if (globals.options === undefined) throw globals.error;
    if (line.kind === 'error') throw line.error;
    await runInvocation({ invocation: line.invocation, globals: globals.options, secrets, reporting }, input);
    return 0;
  } catch (error) {
    // what breaks while everything is being stopped is a consequence of that
    const shown = signal.aborted ? abortReason(signal) : error;
    const view = viewError(shown, globals.options?.flag('verbose') === true ? 'verbose' : 'short');
    reporting.error(view);
    return view.exitCode;
  } finally {
    reporter.close();
  }
}

interface CommandRun {
  readonly invocation: Invocation;
  readonly globals: OptionReader;
  readonly secrets: SecretKeeper;
  readonly reporting: Reporting;
}

async function runInvocation(
  { invocation, globals, secrets, reporting }: CommandRun,
  { environment, workingFolder, version, stdout, signal }: CliInput,
): Promise<void> {
  const { spec, arguments: words, options: typed } = invocation;
  const options = readOptions(spec.options, typed, environment);
  const form = globals.required('output') as OutputForm;
  const services = createServices({
    ...{ environment, workingFolder, version, signal, secrets },
    emit: reporting.emit,
    answer: (answer) => printAnswer(answer, form, stdout),
  });
  await spec.handle({ arguments: words, options }, services);
}

type GlobalsOutcome =
  | { readonly options: OptionReader; readonly error?: undefined }
  | { readonly options?: undefined; readonly error: unknown };

/** A wrong global option is an error like others, told by the plain reporter. */
function tryReadGlobals(read: () => OptionReader): GlobalsOutcome {
  try {
    return { options: read() };
  } catch (error) {
    return { error };
  }
}
