import { imageJson } from '../../src/image/text-views.ts';
import type { InstalledPackage } from '../../src/model/installed-package.ts';
import type { LockedPackage } from '../../src/model/lock-file.ts';
import { parseBuildRecord } from '../../src/plan/build-record.ts';
import { planImage, type ImageRequest } from '../../src/plan/image-plan.ts';
import type { ImageFacts } from '../../src/provenance/facts.ts';
import type { BillInput } from '../../src/provenance/sbom/parts.ts';
import { imageContents, TELLING_FILES } from '../../src/provenance/image-contents.ts';
import { imageRequest, resolvedModel, type ModelChanges } from './planned-images.ts';

export const LOCK = `# written by uv
mlflow==3.17.2 \\
    --hash=sha256:${'1a'.repeat(32)} \\
    --hash=sha256:${'1b'.repeat(32)}
own @ https://files.test/own-1.0-py3-none-any.whl \\
    --hash=sha256:${'2a'.repeat(32)}
packaging==26.3
pywin32==310 ; sys_platform == 'win32' \\
    --hash=sha256:${'3a'.repeat(32)}
scikit-learn==1.9.1 \\
    --hash=sha256:${'4a'.repeat(32)}
./code/local
tool @ git+https://git.test/tool@0123456789abcdef
torch==2.4.1+cpu
`;

const STATUS = ['libstdc++6 1:12.2.0-14+deb12u1 amd64', 'adduser 3.134 all']
  .map((line) => line.split(' '))
  .map(
    ([name, version, architecture]) =>
      `Package: ${name}\nStatus: install ok installed\nArchitecture: ${architecture}\nVersion: ${version}\n`,
  )
  .join('\n');

export interface ImageChanges {
  readonly request?: Partial<ImageRequest>;
  readonly model?: ModelChanges;
  readonly lock?: string;
}

/** The files of a built image that tell what is in it. */
export function tellingFiles({ request, model, lock = LOCK }: ImageChanges = {}): Readonly<
  Record<string, string>
> {
  const resolved = resolvedModel(model);
  return {
    [TELLING_FILES.record.path]: imageJson(planImage(resolved, imageRequest(request)), resolved),
    [TELLING_FILES.lock.path]: lock,
    [TELLING_FILES.serverRequirements.path]: [
      '# of the server',
      'h11==0.16.0',
      'packaging==26.2; python_version < "3.9"',
      'packaging==26.3; python_version >= "3.9"',
      'uvloop==0.23.0; sys_platform == "linux" and (platform_machine == "x86_64" or platform_machine == "aarch64")',
      'winloop==0.1; sys_platform == "win32"',
    ].join('\n'),
    [TELLING_FILES.virtualEnvironment.path]: 'home = /usr/bin\nversion_info = 3.11.2\nuv = 0.13.9\n',
    [TELLING_FILES.dpkgStatus.path]: STATUS,
    [TELLING_FILES.osRelease.path]: 'ID=debian\nVERSION_ID="12"\n',
  };
}

/** What is read of such an image. */
export function imageFacts(changes: ImageChanges = {}): ImageFacts {
  const files = tellingFiles(changes);
  const { model, request } = parseBuildRecord(files[TELLING_FILES.record.path]!);
  const texts = Object.fromEntries(
    Object.entries(TELLING_FILES).map(([key, { path }]) => [key, files[path]]),
  ) as Parameters<typeof imageContents>[0];
  return {
    kind: 'image',
    name: 'registry.test/iris:1',
    imageId: `sha256:${'5a'.repeat(32)}`,
    size: 250_000_000,
    layers: [`sha256:${'6a'.repeat(32)}`],
    labels: {
      'org.opencontainers.image.base.name': 'python:3.11-slim',
      'org.opencontainers.image.base.digest': `sha256:${'7a'.repeat(32)}`,
      'io.caisson.run.id': '0123456789abcdef0123456789abcdef',
    },
    ...{ model, request },
    contents: imageContents(texts),
  };
}

/** What lies in the environments of such an image: what its lock says, with a version for what has none there. */
export const installedIn = ({ contents }: ImageFacts): BillInput['installed'] => ({
  model: installed(contents.packages ?? []),
  server: installed(contents.serverPackages),
  base: [],
  conda: [],
});

const installed = (packages: readonly LockedPackage[]): readonly InstalledPackage[] =>
  packages.map(({ name = 'local', pin }) => ({
    name,
    version: pin.kind === 'version' ? pin.version : '1.0',
  }));
