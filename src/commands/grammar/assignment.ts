import type { Lookup } from '../services.ts';
import { usage } from './usage.ts';

/** `NAME=VALUE` split at its first `=`; `value` is undefined for a bare NAME. */
export interface Assignment {
  readonly name: string;
  readonly value: string | undefined;
}

/** Throws USAGE for an empty name. */
export function parseAssignment(text: string, option: string): Assignment {
  const at = text.indexOf('=');
  const name = at === -1 ? text : text.slice(0, at);
  if (name === '') throw usage(`'${text}' for --${option} has no name`, `write --${option} NAME=VALUE`);
  return { name, value: at === -1 ? undefined : text.slice(at + 1) };
}

/**
 * Docker's rule for a bare NAME: the value of the caller's variable, or nothing at all when there is none.
 * The later of two equal names wins.
 */
export function resolveAssignments(
  assignments: readonly Assignment[],
  lookup: Lookup,
): Readonly<Record<string, string>> {
  const values = new Map<string, string>();
  for (const { name, value } of assignments) {
    const resolved = value ?? lookup(name);
    if (resolved === undefined) values.delete(name);
    else values.set(name, resolved);
  }
  return Object.fromEntries(values);
}

/** Names that a Dockerfile and a shell can hold. */
export function requireVariableName({ name }: Assignment, option: string): void {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return;
  throw usage(
    `'${name}' for --${option} is not a variable name`,
    'letters, digits and underscores, not beginning with a digit',
  );
}
