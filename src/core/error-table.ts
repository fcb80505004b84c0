/**
 * Every error code of caisson: its exit code, what it means (for docs/reference/errors.md) and the hint that
 * is shown when the place that throws has no better one. Exit codes: 2 usage, 3 model or model store, 4 engine,
 * 5 build, 6 registry, 7 deployment, 8 self-test, 9 the container failed, 10 different, 130 interrupted, 143 terminated.
 */
export interface ErrorEntry {
  readonly exitCode: number;
  readonly meaning: string;
  readonly hint?: string;
}

const entry = (exitCode: number, meaning: string, hint?: string): ErrorEntry =>
  hint === undefined ? { exitCode, meaning } : { exitCode, meaning, hint };

export const ERROR_TABLE = {
  INTERNAL: entry(1, 'a bug in caisson', 'run again with --verbose and report what it prints'),

  USAGE: entry(2, 'the command line is wrong', 'see the --help of the command'),
  OUTPUT_NOT_EMPTY: entry(2, 'the output folder holds files', 'pass --force to replace its content'),
  OUTPUT_FAILED: entry(
    2,
    'the output folder cannot be written',
    'check its permissions and the space on its disk',
  ),
  FILE_NOT_READABLE: entry(
    2,
    'a file named on the command line cannot be read',
    'name a file that exists and that you may read',
  ),
  TEMPLATE_BROKEN: entry(
    2,
    'a template of --templates cannot be used',
    'correct the template; caisson templates eject writes those that it may be compared with',
  ),
  IMAGE_REFERENCE_INVALID: entry(
    2,
    'an image reference breaks the grammar',
    'a reference reads [registry/]name[:tag]',
  ),

  PROGRAM_MISSING: entry(2, 'a program that an option needs is not installed'),

  LIBRARY_MISSING: entry(
    2,
    'a library that a kind of store needs is not installed',
    'install it where caisson is installed',
  ),

  MODEL_URI_INVALID: entry(
    3,
    'a model URI breaks the grammar',
    'a model URI reads runs:/<run-id>/<path>, models:/<name>/<version> or a folder',
  ),
  MODEL_SCHEME_UNSUPPORTED: entry(3, 'caisson does not read models from this kind of URI'),
  MODEL_NOT_FOUND: entry(3, 'the run, version, alias, stage or path does not exist'),
  MODEL_BROKEN: entry(3, 'the model folder does not hold a model that can be served'),
  CONDA_PACKAGES: entry(3, 'the model needs packages that only conda has', 'build with --env-manager conda'),
  STORE_UNREACHABLE: entry(
    3,
    'the model store cannot be reached',
    'check --tracking-uri and that the server runs',
  ),
  STORE_DENIED: entry(
    3,
    'the model store refuses the login',
    'set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN',
  ),
  STORE_FAILED: entry(3, 'the model store answered with something unexpected'),
  DOWNLOAD_FAILED: entry(3, 'the files of the model could not be downloaded'),
  CACHE_FAILED: entry(
    3,
    'the cache of models cannot be changed',
    'check the permissions of the folder, which XDG_CACHE_HOME decides',
  ),
  MODEL_CHANGED: entry(
    3,
    'the model is not the one that the image was built from',
    'name the unchanged model with --model, or build an image of the changed one with build-image',
  ),
  CONTEXT_CHANGED: entry(
    3,
    'a file of the model changed or vanished while it was sent to the engine',
    'run again when nothing writes to its folder',
  ),

  ENGINE_UNREACHABLE: entry(
    4,
    'no container engine answers',
    'start Docker, or set DOCKER_HOST to the engine',
  ),
  ENGINE_FAILED: entry(4, 'the container engine refused or broke off'),
  IMAGE_NOT_FOUND: entry(4, 'the image is not in the engine and cannot be pulled'),
  IMAGE_MOVED: entry(
    4,
    'a tag names another image than the one that was built and tested',
    'build again when nothing else builds or pulls under this tag',
  ),
  IMAGE_TOO_LARGE: entry(
    4,
    'the packages of the image say more about themselves than caisson reads',
    'no image of caisson has as much: look at what lies in its environment',
  ),
  RECORD_BROKEN: entry(
    4,
    'the image does not say how it was built',
    'caisson reads images that caisson built',
  ),
  PLATFORM_NOT_RUNNABLE: entry(
    4,
    'the engine cannot run programs of the platform that the image is for',
    'build on an engine of that platform, or let this one emulate it: docker run --privileged --rm tonistiigi/binfmt --install all',
  ),
  PORT_IN_USE: entry(4, 'a port to publish is taken', 'choose another with -p HOST:5001'),
  NAME_IN_USE: entry(4, 'a container of this name exists', 'choose another --name or remove the container'),

  LOCK_BROKEN: entry(2, 'the lock of --lock or of an image is not one that caisson wrote'),
  LOCK_STALE: entry(
    2,
    'the lock was made for other requirements, another kind of store or another Python',
    'remove the file that --lock names, and it is written anew',
  ),
  RESOLUTION_FAILED: entry(5, 'no set of versions satisfies the requirements of the model'),
  WHEELS_MISSING: entry(
    5,
    'the folder of --find-links lacks packages that an offline build needs',
    'where there is a network, fill it with pip download --dest DIR',
  ),
  BUILD_FAILED: entry(5, 'a step of the build failed'),

  REGISTRY_DENIED: entry(6, 'the registry refuses the login', 'log in with docker login REGISTRY'),
  REGISTRY_FAILED: entry(6, 'the push failed'),
  CREDENTIALS_BROKEN: entry(6, 'the credentials file cannot be used'),
  SIGNING_FAILED: entry(6, 'the image is pushed, and its signature is not'),

  SELF_TEST_FAILED: entry(
    8,
    'the image was built but does not do its work',
    'mend the model or its requirements; --no-self-test skips the self-test',
  ),

  CONTAINER_FAILED: entry(9, 'the container ended or did not become ready'),

  DIFFERENT: entry(10, 'diff --exit-code found differences', 'the answer on stdout lists them'),

  INTERRUPTED: entry(130, 'interrupted (SIGINT)'),
  TERMINATED: entry(143, 'terminated (SIGTERM)'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERROR_TABLE;
