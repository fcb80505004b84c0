import { runCli } from '../../src/cli/run-cli.ts';
import { testCa } from './environment.ts';
import { TEST_ENGINE } from './test-engine.ts';
import { recordedStream, textSink } from './text-sink.ts';

export interface CliBuild {
  /** Where relative paths are; also the home folder. */
  readonly folder: string;
  readonly model: string;
  readonly tag: string;
  readonly options?: readonly string[];
  /** Name of the folder of caisson's cache; another one knows nothing. */
  readonly cache?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `caisson build-image` without a self-test, on the engine and the base of the tests. */
export async function buildByCli({
  folder,
  model,
  tag,
  options = [],
  cache = 'cache',
  variables,
}: CliBuild): Promise<Ran> {
  const [stdout, stderr] = [textSink(), recordedStream()];
  const ca = testCa();
  const base = ['--base-image', TEST_ENGINE.baseImage ?? '', ...(ca === undefined ? [] : ['--ca-cert', ca])];
  const exitCode = await runCli({
    argv: ['build-image', model, '-t', tag, '--no-self-test', ...base, ...options],
    environment: {
      DOCKER_HOST: TEST_ENGINE.host ?? '',
      HOME: folder,
      XDG_CACHE_HOME: `${folder}/${cache}`,
      ...variables,
    },
    workingFolder: folder,
    version: '1.2.3',
    stdout,
    stderr,
    signal: new AbortController().signal,
  });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}
