import { resolve } from 'node:path';
import type { Answer, Services } from '../commands/services.ts';
import type { Emit } from '../core/events.ts';
import type { SecretKeeper } from '../core/redaction.ts';
import type { TemplateSet } from '../image/template-set.ts';
import { resolveCacheLimit } from './config/cache-config.ts';
import { resolveEngineConfig } from './config/engine-config.ts';
import type { Environment } from './config/environment.ts';
import { resolveFolders } from './config/folders.ts';
import { resolveNetwork } from './config/network.ts';
import { variable } from './config/variables.ts';
import { guardLogins } from './guarded-logins.ts';
import { once } from './once.ts';
import { openSources, resolveTracking } from './stores.ts';
import {
  findHostCertificate,
  isModelFolder,
  isSocket,
  readSmallUserFile,
  readUserFile,
  readUserFileIfThere,
  writeUserFile,
} from './user-files.ts';

export interface ServicesInput {
  readonly environment: Environment;
  readonly workingFolder: string;
  readonly version: string;
  readonly signal: AbortSignal;
  readonly secrets: SecretKeeper;
  readonly emit: Emit;
  readonly answer: (answer: Answer) => void;
}

/** The wiring: configuration to adapters. Each adapter's module is imported when a command first asks for it. */
export function createServices(input: ServicesInput): Services {
  const { environment, workingFolder, secrets } = input;
  const folders = resolveFolders(environment);
  const cacheLimit = resolveCacheLimit(environment);
  const stores = { environment, workingFolder, folders, secrets, cacheLimit };
  const engineConfig = resolveEngineConfig(environment, folders);
  const dockerConfig = once(async () => {
    const { createDockerConfigFile } = await import('../registry/index.ts');
    return guardLogins(createDockerConfigFile(folders.dockerConfig), secrets);
  });
  return {
    version: input.version,
    emit: input.emit,
    signal: input.signal,
    answer: input.answer,
    workingFolder,
    lookup: (name) => environment[name],
    hostCertificate: findHostCertificate(environment),
    ...filesOf(workingFolder),
    sshAgentSocket: variable(environment, 'SSH_AUTH_SOCK'),
    hide: (...values) => {
      secrets.add(...values);
    },
    tracking: (flags) => resolveTracking(flags, stores),
    sources: (tracking) => openSources(tracking, stores),
    engine: once(async () => {
      const { createEngine } = await import('../engine/index.ts');
      return createEngine(engineConfig);
    }),
    dockerConfig,
    signer: async () => (await import('../registry/cosign.ts')).createCosign(),
    openRegistry: async (access) =>
      (await import('../registry/index.ts')).openRegistry({
        ...access,
        network: resolveNetwork(environment),
      }),
    cacheLimit,
    modelCache: async () => {
      const { ModelCache } = await import('../sources/cache/model-cache.ts');
      return new ModelCache({ cacheFolder: folders.cache, limitBytes: cacheLimit });
    },
    keepsakes: async () => (await import('../platform/keepsakes.ts')).createKeepsakes(folders.cache),
    loadTemplates,
    ...folderReaders(workingFolder),
    outputFolder: outputFolder(input),
  };
}

async function loadTemplates(): Promise<TemplateSet> {
  const { PACKAGED } = await import('../image/packaged.ts');
  return PACKAGED ?? (await import('../platform/template-files.ts')).loadTemplateSet();
}

function outputFolder({
  workingFolder,
  signal,
}: Pick<ServicesInput, 'workingFolder' | 'signal'>): Services['outputFolder'] {
  return (folder, existing) => {
    const target = resolve(workingFolder, folder);
    const files = once(() => import('../platform/files.ts'));
    return {
      check: async () => {
        await (await files()).checkTarget(target, existing);
      },
      write: async (context, sources) => {
        const { checkApart, writeTree } = await files();
        for (const source of sources) await checkApart(target, source);
        await writeTree(target, context, { existing, signal });
      },
    };
  };
}

type FileServices = Pick<
  Services,
  | 'readTextFile'
  | 'readFileIfThere'
  | 'writeTextFile'
  | 'checkOutputFile'
  | 'readSmallFile'
  | 'isSocket'
  | 'isModelFolder'
  | 'digestFile'
>;

/** Files that the user names, below the working folder. */
function filesOf(workingFolder: string): FileServices {
  return {
    readTextFile: (path) => readUserFile(path, workingFolder),
    readFileIfThere: (path) => readUserFileIfThere(path, workingFolder),
    writeTextFile: (path, text) => writeUserFile({ path, text }, workingFolder),
    checkOutputFile: async (name) => {
      const { checkOutputFile } = await import('../platform/output-file.ts');
      await checkOutputFile({ name, path: resolve(workingFolder, name) });
    },
    readSmallFile: (path, limit) => readSmallUserFile({ path, limit }, workingFolder),
    isSocket: (path) => isSocket(path, workingFolder),
    isModelFolder: (path) => isModelFolder(path, workingFolder),
    digestFile: async (path, signal) => (await import('../platform/file-digest.ts')).digestFile(path, signal),
  };
}

function folderReaders(workingFolder: string): Pick<Services, 'readTemplates' | 'listFolder'> {
  return {
    readTemplates: async (name) => {
      const { readOwnTemplates } = await import('../platform/own-template-files.ts');
      return readOwnTemplates({ name, path: resolve(workingFolder, name) });
    },
    listFolder: async (name, isWanted) => {
      const { listFolder } = await import('../platform/wheel-folder.ts');
      return listFolder({ name, path: resolve(workingFolder, name), isWanted });
    },
  };
}
