import { readVersion } from './cli/version.ts';

/** Somebody may have removed it under the shell. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    process.stderr.write('error: the working folder is gone\n  hint: change to a folder that exists\n');
    process.exit(2);
  }
}

const argv = process.argv.slice(2);

if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  // the fast path: a version check waits for no command, no reporter and no adapter
  process.stdout.write(`${readVersion()}\n`);
} else {
  const { createInterruption } = await import('./cli/interruption.ts');
  const { runCli } = await import('./cli/run-cli.ts');
  const { readEnvironment } = await import('./cli/config/environment.ts');

  const interruption = createInterruption({ endNow: (exitCode) => process.exit(exitCode) });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => interruption.onSignal(name));
  }
  process.stderr.on('error', interruption.onBrokenOutput);
  process.stdout.on('error', interruption.onBrokenAnswer);

  const exitCode = await runCli({
    argv,
    environment: readEnvironment(),
    workingFolder: workingFolder(),
    version: readVersion(),
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interruption.signal,
  });
  process.exit(exitCode);
}
