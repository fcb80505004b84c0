import { runStep } from '../core/events.ts';
import type { BuildContext } from '../image/build-context.ts';
import { templatesReadme } from '../image/templates-readme.ts';
import type { ContextPorts, GeneratePorts, Work } from './ports.ts';

type EjectPorts = Pick<ContextPorts, 'loadTemplates'> & Pick<GeneratePorts, 'output'>;

/**
 * Writes caisson's own templates and a README.md; returns their paths relative to the folder.
 * Throws OUTPUT_NOT_EMPTY, OUTPUT_FAILED, USAGE, INTERRUPTED.
 */
export async function ejectTemplates(
  folder: string,
  { loadTemplates, output }: EjectPorts,
  work: Work,
): Promise<readonly string[]> {
  await output.check();
  const { templates } = await loadTemplates();
  const texts = Object.entries(templates).map(([name, text]) => [`${name}.hbs`, text] as const);
  const entries = [...texts, ['README.md', templatesReadme()] as const]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]): BuildContext['entries'][number] => ({ path, content: { kind: 'text', text } }));
  await runStep(work.emit, { step: 'write', title: `writing ${folder}` }, async (step) => {
    await output.write({ entries }, []);
    step.note(`${entries.length} files`);
  });
  return entries.map(({ path }) => path);
}
