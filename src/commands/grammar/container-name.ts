import { usage } from './usage.ts';

/** A name that an engine gives to a container. Throws USAGE. */
export function parseContainerName(text: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(text)) return text;
  throw usage(
    `'${text}' for --name is not a container name`,
    'two or more letters, digits, dots, dashes and underscores, the first a letter or digit',
  );
}
