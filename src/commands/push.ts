import { parseImageReference } from '../model/image-reference.ts';
import type { Services } from './services.ts';
import type { CommandInput, CommandSpec } from './spec.ts';

export const PUSH: CommandSpec = {
  name: 'push',
  summary: 'push images to their registries',
  description:
    'Pushes each image to the registry of its name, with the login that docker login keeps. Prints the digest of each.',
  argument: {
    name: 'reference',
    summary: 'an image of the engine, [registry/]name[:tag]',
    count: 'one-or-more',
  },
  options: [],
  examples: [{ title: 'push one image', command: 'caisson push registry.example.com/iris:1' }],
  handle: handlePush,
};

async function handlePush({ arguments: texts }: CommandInput, services: Services): Promise<void> {
  const references = texts.map(parseImageReference);
  const [engine, dockerConfig] = await Promise.all([services.engine(), services.dockerConfig()]);
  const { push } = await import('../actions/push.ts');
  const images = await push(references, { engine, dockerConfig }, services);
  services.answer({
    lines: images.map(({ reference, digest }) => `${reference}@${digest}`),
    json: { command: 'push', images },
  });
}
