/** The variables that caisson was started with: the only place of src that looks at process.env. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The SDK of AWS prints a warning of its own on a Node that its next versions will not run on, into the middle of what caisson says. */
const QUIET_SDK = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/** A copy, so that nothing that happens later changes the configuration. */
export function readEnvironment(): Environment {
  process.env[QUIET_SDK] ??= 'true';
  return { ...process.env };
}
