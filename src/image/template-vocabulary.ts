import type { DockerfileView } from './dockerfile-view.ts';
import type { CondaView, DockerignoreView, LinesView } from './text-views.ts';

/** What templates may name, with its meaning: the README of `templates eject` is made of it, and own templates are checked against it. */
type Vocabulary<View> = Readonly<Record<keyof View, string>>;

const DOCKERFILE: Vocabulary<DockerfileView> = {
  baseImage: 'reference of the base image',
  uvVersion: 'version of uv, the installer',
  hasCertificateAuthority: 'whether the context holds ca.crt',
  hasConstraints: 'whether the context holds constraints.txt',
  hasLock: 'whether the context holds requirements.lock; else the build resolves the requirements',
  hasDeclared:
    'whether the context holds declared.txt: what the model declares, where that is more than is installed',
  usesConda: 'whether conda makes the environment',
  hasModel: 'whether the context holds the model; not so with --load-at-start',
  hasHandler: 'whether the context holds handler.py',
  hasWheels: 'whether the context holds wheels, in the folder wheels',
  buildArgs: 'list of names for ARG',
  systemPackages: 'list of Debian packages that stay in the image',
  buildPackages: 'list of Debian packages for the installation alone',
  requiredModelPaths: 'list of files and folders of the model that its requirements name',
  keptTools: 'name of uv in the cache of the builds; absent where it is not kept',
  pipArguments: 'list of arguments for pip, which installs uv',
  indexArguments: 'list of arguments for uv: the package indexes',
  resolverArguments: 'list of arguments for uv: what else the requirements of the model need',
  installArguments: 'list of arguments for uv: what else installing from the lock needs',
  hooks: 'list of what stands behind RUN, for each --run',
  secretMounts: 'list of options for --mount of RUN, for steps that may use secrets',
  secretEnv: 'list of NAME=value for the shell of steps that install: where the secrets are',
  env: 'list of NAME="value" for ENV',
  labels: 'list of name="value" for LABEL',
  port: 'number of the port that the server listens on',
  user: 'uid:gid that the server runs as',
};

const LINES: Vocabulary<LinesView> = { lines: 'list of lines, of requirements.txt or of constraints.txt' };

const CONDA: Vocabulary<CondaView> = {
  channels: 'list of channels',
  packages: 'list of packages, with their versions',
};

const DOCKERIGNORE: Vocabulary<DockerignoreView> = {
  paths: 'list of the files and folders that the builder gets',
};

/** By template that is rendered; the others are parts of these and have the same values. */
export const TEMPLATE_VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Dockerfile.buildkit': DOCKERFILE,
  'Dockerfile.classic': DOCKERFILE,
  'Dockerfile.resolve.buildkit': DOCKERFILE,
  'Dockerfile.resolve.classic': DOCKERFILE,
  'conda.yaml': CONDA,
  'requirements.txt': LINES,
  dockerignore: DOCKERIGNORE,
};

/** The named places of both Dockerfiles, in their order. */
export const BLOCKS: Readonly<Record<string, string>> = {
  base: 'in the first stage, which all others begin with; as root: mirrors, certificates, what must be there before anything is installed',
  'before-dependencies':
    "where packages are installed, before the model's; as root. In Dockerfile.classic, and where git is needed, that is a stage of which only the Python packages are kept",
  'after-dependencies':
    "in the image, when all Python packages are there; as root. What stands here is built again only when the model's requirements change",
  healthcheck: 'holds HEALTHCHECK',
  'before-model': 'before the model is copied; as the user of the server',
  'after-model': 'when the model is there; as the user of the server. It runs again with every changed model',
  end: 'the end of the Dockerfile, after the labels; as the user of the server',
};
