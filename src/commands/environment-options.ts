import { withoutUndefined } from '../core/objects.ts';
import type { Requirement } from '../model/requirement.ts';
import type { EnvironmentManager, EnvironmentRequest } from '../plan/environment-request.ts';
import { isRequirementsFile, parseAskedRequirements } from './grammar/requirements.ts';
import { usage } from './grammar/usage.ts';
import type { Services } from './services.ts';
import type { OptionReader, OptionSpec } from './spec.ts';

/** Options that change the environment which the model runs in: the same for generate, build-image and run. */
export const ENVIRONMENT_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'python',
    kind: 'value',
    placeholder: 'VERSION',
    summary:
      'Python of the image, such as 3.12, 3.11.7, or model for exactly the model’s; else its minor version',
  },
  {
    name: 'requirement',
    short: 'r',
    kind: 'list',
    placeholder: 'REQ|FILE.txt',
    summary: 'one more pip requirement, or a file of them; one of the same name is replaced',
  },
  {
    name: 'constraint',
    kind: 'list',
    placeholder: 'REQ|FILE.txt',
    summary: 'one more pip constraint, or a file of them',
  },
  {
    name: 'system-package',
    kind: 'list',
    placeholder: 'NAME[=VERSION]',
    summary: 'Debian package that the image gets',
  },
  {
    name: 'run',
    kind: 'list',
    placeholder: 'COMMAND',
    summary: 'shell command that runs as root once the packages are installed',
  },
  {
    name: 'torch',
    kind: 'value',
    placeholder: 'BUILD',
    summary: 'which build of PyTorch: cpu, cu126 and the like, or default for that of the package index',
  },
  {
    name: 'env-manager',
    kind: 'value',
    placeholder: 'NAME',
    summary: 'what makes the Python environment; conda takes the model’s conda.yaml',
    choices: ['uv', 'conda'],
    default: 'uv',
  },
  {
    name: 'conda-packages',
    kind: 'value',
    placeholder: 'WHAT',
    summary: 'what becomes of packages of conda.yaml that pip cannot give',
    choices: ['refuse', 'ignore'],
    default: 'refuse',
  },
];

/** Bytes. A list of requirements has some hundred lines. */
const MAX_FILE_BYTES = 1_000_000;

/** What ENVIRONMENT_OPTIONS ask for. Throws USAGE, FILE_NOT_READABLE. */
export async function readEnvironment(
  options: OptionReader,
  services: Pick<Services, 'readSmallFile'>,
): Promise<EnvironmentRequest> {
  return withoutUndefined({
    python: options.value('python'),
    requirements: await readAsked('requirement', options, services),
    constraints: await readAsked('constraint', options, services),
    systemPackages: options.list('system-package'),
    hooks: options.list('run'),
    torch: options.value('torch'),
    manager: options.required('env-manager') as EnvironmentManager,
    condaOnly: options.required('conda-packages') as EnvironmentRequest['condaOnly'],
  });
}

async function readAsked(
  name: 'requirement' | 'constraint',
  options: OptionReader,
  { readSmallFile }: Pick<Services, 'readSmallFile'>,
): Promise<readonly Requirement[]> {
  const parts = options.list(name).map(async (text) => {
    if (!isRequirementsFile(text)) return parseAskedRequirements(text, `--${name}`);
    const bytes = await readSmallFile(text, MAX_FILE_BYTES);
    if (bytes.length > MAX_FILE_BYTES) throw usage(`the file '${text}' for --${name} is larger than 1 MB`);
    return parseAskedRequirements(new TextDecoder().decode(bytes), `'${text}'`);
  });
  return (await Promise.all(parts)).flat();
}
