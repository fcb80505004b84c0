import { CaissonError } from '../core/errors.ts';
import { firstFew } from '../core/first-few.ts';
import { isSameVersion, parseDistributionFile, type Distribution } from '../model/distribution-file.ts';
import { parseRequirements } from '../model/requirement.ts';
import type { ImagePlan } from '../plan/image-plan.ts';
import { UV_VERSION } from './dockerfile-view.ts';
import { shellWord } from './quoting.ts';
import type { TemplateSet } from './template-set.ts';

type WheelsPlan = Pick<ImagePlan, 'wheelhouse' | 'lock' | 'requirements' | 'declared' | 'pythonMinor'>;

interface WheelsInput {
  readonly plan: WheelsPlan;
  readonly templates: Pick<TemplateSet, 'runtime'>;
}

/** What must be there, in pip's words. */
interface Wanted {
  readonly text: string;
  readonly name: string;
  /** Absent: the resolver looks for one that fits. */
  readonly version?: string;
}

/**
 * Before an offline build: whether the folders hold what is known to be needed, by the names of their files. What the requirements need in turn
 * is found by the resolver. Throws WHEELS_MISSING with everything that is lacking.
 */
export function checkWheels({ plan, templates }: WheelsInput): void {
  if (plan.wheelhouse?.use !== 'only') return;
  const held = plan.wheelhouse.files.flatMap((file) => parseDistributionFile(file) ?? []);
  const wanted = [
    { text: `uv==${UV_VERSION}`, name: 'uv', version: UV_VERSION },
    ...serverPackages(templates.runtime['requirements.txt'] ?? '', plan.pythonMinor),
    ...(plan.lock === undefined ? resolvedPackages(plan) : lockedPackages(plan.lock.text)),
  ];
  const lacking = [...new Set(wanted.filter((one) => !isHeld(one, held)).map(({ text }) => text))];
  if (lacking.length > 0) throw wheelsMissing(lacking);
}

const isHeld = (wanted: Wanted, held: readonly Distribution[]): boolean =>
  held.some(
    ({ name, version }) =>
      name === wanted.name && (wanted.version === undefined || isSameVersion(version, wanted.version)),
  );

function wheelsMissing(lacking: readonly string[]): CaissonError {
  const words = lacking.map(shellWord).join(' ');
  return new CaissonError('WHEELS_MISSING', `the folder of --find-links lacks ${firstFew(lacking)}`, {
    hint: `where there is a network, fill it with: pip download --dest DIR ${words}`,
  });
}

const EXACT = /^(?<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==(?<version>[^\s;\\]+)/;

function exact(line: string): readonly Wanted[] {
  const { name, version } = EXACT.exec(line)?.groups ?? {};
  if (name === undefined || version === undefined) return [];
  const [requirement] = parseRequirements(`${name}==${version}`);
  if (requirement?.kind !== 'package') return [];
  return [{ text: requirement.text, name: requirement.name, version }];
}

const lockedPackages = (lock: string): readonly Wanted[] => lock.split('\n').flatMap(exact);

/** The lines that hold for this Python; uv has wheels for no machine but those that the others name. */
function serverPackages(requirements: string, pythonMinor: string): readonly Wanted[] {
  const minor = Number(pythonMinor.split('.')[1]);
  return requirements
    .split('\n')
    .filter((line) => holdsFor(line, minor))
    .flatMap(exact);
}

function holdsFor(line: string, minor: number): boolean {
  const conditions = [...line.matchAll(/python_version (?<operator><|>=|==) "3\.(?<minor>\d+)"/g)];
  return conditions.every(({ groups }) => {
    const other = Number(groups?.['minor']);
    if (groups?.['operator'] === '<') return minor < other;
    return groups?.['operator'] === '>=' ? minor >= other : minor === other;
  });
}

/** Those with a marker may not be wanted here. */
function resolvedPackages({ requirements, declared }: WheelsPlan): readonly Wanted[] {
  const items = parseRequirements([...requirements, ...declared].join('\n'));
  return items.flatMap((item) =>
    item.kind === 'package' && !item.text.includes(';') ? [{ text: item.text, name: item.name }] : [],
  );
}
