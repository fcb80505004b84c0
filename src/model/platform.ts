import { CaissonError } from '../core/errors.ts';

/** What an image runs on, in Go's words and containerd's normal form: `linux/arm64/v8` and `linux/aarch64` are linux/arm64. */
export interface Platform {
  readonly os: string;
  /** Such as amd64 or arm64. */
  readonly architecture: string;
  /** Such as v7; absent where it is the usual one of the architecture. */
  readonly variant?: string;
}

/** Other names of architectures (containerd, platforms/database.go), some with a variant in them. */
const ALIASES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  i386: '386',
  armhf: 'arm/v7',
  armel: 'arm/v6',
};

/** Architectures that engines run Linux on, and the variant that is meant when none is said. */
const ARCHITECTURES = new Map<string, string | undefined>([
  ['amd64', 'v1'],
  ['arm64', 'v8'],
  ['arm', 'v7'],
  ['386', undefined],
  ['ppc64le', undefined],
  ['riscv64', undefined],
  ['s390x', undefined],
]);

/** Docker's `--platform`: os/architecture[/variant], or the architecture alone. Throws USAGE; the server in the image is for Linux. */
export function parsePlatform(text: string): Platform {
  const parts = text.trim().toLowerCase().split('/');
  const [os = '', name = '', given] = parts.length === 1 ? ['linux', ...parts] : parts;
  if (parts.length > 3 || parts.some((part) => !/^[a-z0-9_.-]+$/.test(part)) || name === 'linux')
    throw unusable(text, 'is not a platform');
  if (os !== 'linux') throw unusable(text, `is for '${os}', and the images are for Linux`);
  const platform = normalPlatform({
    os,
    architecture: name,
    ...(given === undefined ? {} : { variant: given }),
  });
  if (!ARCHITECTURES.has(platform.architecture))
    throw unusable(text, `has an unknown architecture '${name}'`);
  if (platform.variant === undefined || /^v\d+$/.test(platform.variant)) return platform;
  throw unusable(text, `has an unknown variant '${platform.variant}'`);
}

function unusable(text: string, reason: string): CaissonError {
  const known = [...ARCHITECTURES.keys()].join(', ');
  return new CaissonError('USAGE', `the platform '${text}' ${reason}`, {
    hint: `write it as linux/amd64 or linux/arm64; architectures are ${known}`,
  });
}

/** The same platform in the one spelling that can be compared, whatever engine or registry named it. */
export function normalPlatform({ os, architecture, variant }: Platform): Platform {
  const [name = '', implied] = (ALIASES[architecture] ?? architecture).split('/');
  const said = variant === undefined || variant === '' ? implied : variant.replace(/^(?=\d)/, 'v');
  const isUsual = said === undefined || said === ARCHITECTURES.get(name);
  return { os, architecture: name, ...(isUsual ? {} : { variant: said }) };
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}

/** Whether programs for the one start on the other. An engine does not tell its variant, so that is not looked at. */
export function isSameMachine(left: Platform, right: Platform): boolean {
  return left.os === right.os && left.architecture === right.architecture;
}

/** Whether an image for `held` is what `wanted` asks for: the same architecture, and no newer a variant than there is. */
export function isFor(wanted: Platform, held: Platform): boolean {
  return isSameMachine(wanted, held) && level(held) <= level(wanted);
}

function level({ architecture, variant }: Platform): number {
  return Number((variant ?? ARCHITECTURES.get(architecture) ?? 'v0').slice(1));
}
