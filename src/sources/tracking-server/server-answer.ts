export type JsonObject = Readonly<Record<string, unknown>>;

/** The object that a body holds; undefined when it holds none. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Servers before MLflow 1.20 answer 400 for what does not exist. */
export function isMissing(status: number, value: JsonObject | undefined): boolean {
  const code = value?.['error_code'];
  if (status === 404) return typeof code === 'string';
  return status === 400 && code === 'RESOURCE_DOES_NOT_EXIST';
}

export function messageIn(value: JsonObject | undefined): string {
  const message = value?.['message'];
  return typeof message === 'string' ? message.slice(0, 2000) : '';
}

/** The first line of a plain-text answer; nothing of an HTML page. */
export const plainLine = (text: string): string =>
  text.includes('<') ? '' : (text.split('\n', 1)[0] ?? '').slice(0, 300);
