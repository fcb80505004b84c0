const MAX_LENGTH = 120;

/** An instruction as a person reads it: one line, what it mounts left out, cut where it gets long. */
export function shortInstruction(instruction: string): string {
  const oneLine = instruction
    .replaceAll(/\s--mount=\S+/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return oneLine.length > MAX_LENGTH ? `${oneLine.slice(0, MAX_LENGTH)}…` : oneLine;
}
