import { parseImageReference } from '../model/image-reference.ts';
import type { Services } from './services.ts';
import { readSigning, SIGN, SIGN_KEY } from './sign-options.ts';
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
  options: [SIGN, SIGN_KEY],
  examples: [
    { title: 'push one image', command: 'caisson push registry.example.com/iris:1' },
    { title: 'and sign it', command: 'caisson push registry.example.com/iris:1 --sign-key cosign.key' },
  ],
  handle: handlePush,
};

async function handlePush({ arguments: texts, options }: CommandInput, services: Services): Promise<void> {
  const signing = readSigning(options);
  const targets = texts.map((text) => ({ reference: parseImageReference(text) }));
  const [engine, dockerConfig, signer, keepsakes] = await Promise.all([
    services.engine(),
    services.dockerConfig(),
    services.signer(),
    services.keepsakes(),
  ]);
  if (signing !== undefined) await signer.check(services.signal);
  const { push } = await import('../actions/push.ts');
  const images = await push(targets, { engine, dockerConfig, keepsakes }, services);
  if (signing !== undefined) {
    const { signPushed } = await import('../actions/sign.ts');
    await signPushed({ images, signing }, { signer }, services);
  }
  services.answer({
    lines: images.map(({ reference, digest }) => `${reference}@${digest}`),
    json: { command: 'push', images },
  });
}
