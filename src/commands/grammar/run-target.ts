/** What stands before the image of `run`: a model is built first. */
export type RunTarget =
  { readonly kind: 'image'; readonly text: string } | { readonly kind: 'model'; readonly text: string };

/**
 * A scheme (`runs:/…`), a path (`./x`, `/x`, `x/`) or the folder of a model is a model; everything else an image. A folder that holds no
 * MLmodel does not hide the image of the same name.
 */
export function classifyTarget(
  text: string,
  { isModelFolder }: { readonly isModelFolder: boolean },
): RunTarget {
  const isScheme = /^[a-z][a-z0-9+.-]*:\//i.test(text) || text.startsWith('file:');
  const isPath = /^(\.{0,2}\/|\.{1,2}$|~\/)/.test(text) || text.endsWith('/');
  return { kind: isModelFolder || isScheme || isPath ? 'model' : 'image', text };
}
