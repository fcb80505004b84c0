import { COMPLETION_SCRIPTS, SHELLS } from './completion/scripts.ts';
import { usage } from './grammar/usage.ts';
import type { Services } from './services.ts';
import type { CommandInput, CommandSpec } from './spec.ts';

export const COMPLETION: CommandSpec = {
  name: 'completion',
  summary: 'print the completion of words for a shell',
  description:
    'Prints a script that completes commands, options and their values. The shell runs it when it starts.',
  argument: { name: 'shell', summary: SHELLS.join(', '), count: 'one' },
  options: [],
  examples: [
    { title: 'bash, in ~/.bashrc', command: 'source <(caisson completion bash)' },
    { title: 'zsh, in ~/.zshrc after compinit', command: 'source <(caisson completion zsh)' },
    { title: 'fish, once', command: 'caisson completion fish > ~/.config/fish/completions/caisson.fish' },
  ],
  handle: handleCompletion,
};

function handleCompletion({ arguments: [text = ''] }: CommandInput, services: Services): Promise<void> {
  const shell = SHELLS.find((each) => each === text);
  if (shell === undefined)
    throw usage(`'${text}' is not a shell that caisson knows`, `one of ${SHELLS.join(', ')}`);
  const script = COMPLETION_SCRIPTS[shell];
  services.answer({ lines: script.trimEnd().split('\n'), json: { command: 'completion', shell, script } });
  return Promise.resolve();
}
