import type { Services } from './services.ts';
import type { CommandGroup, CommandInput, CommandSpec } from './spec.ts';

const EJECT: CommandSpec = {
  name: 'eject',
  summary: 'write the templates into a folder, to change them',
  description:
    'Writes the templates of the Dockerfiles and their companions, and a README.md that explains them. Keep those that you change and delete the others: what is not in the folder comes from caisson.',
  argument: { name: 'folder', summary: 'folder to write; made when it is not there', count: 'one' },
  options: [{ name: 'force', kind: 'flag', summary: 'replace what is in the folder' }],
  examples: [
    { title: 'write them', command: 'caisson templates eject my-templates' },
    {
      title: 'and build with what is left of them',
      command: 'caisson build-image ./model -t iris --templates my-templates',
    },
  ],
  handle: handleEject,
};

export const TEMPLATES: CommandGroup = {
  name: 'templates',
  summary: 'work with the templates of the Dockerfile',
  description: 'The templates that Dockerfiles are made of, and how to have your own.',
  commands: [EJECT],
};

async function handleEject(
  { arguments: [folder = ''], options }: CommandInput,
  services: Services,
): Promise<void> {
  const { ejectTemplates } = await import('../actions/eject-templates.ts');
  const { loadTemplates } = services;
  const output = services.outputFolder(folder, options.flag('force') ? 'replace' : 'refuse');
  const files = await ejectTemplates(folder, { loadTemplates, output }, services);
  services.answer({ lines: [folder], json: { command: 'templates eject', folder, files } });
}
