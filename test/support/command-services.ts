import type { Answer, Services } from '../../src/commands/services.ts';
import { recordedWork, type TestPorts } from './action-ports.ts';

export interface CommandScene {
  readonly ports: TestPorts;
  /** What the user's files hold, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  /** File names and sizes in the user's folders. */
  readonly folders?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Everything that a command gets, in memory; answers are collected. */
export function commandServices({
  ports,
  files = {},
  folders = {},
  variables = {},
}: CommandScene): Services & {
  readonly answers: Answer[];
  readonly hidden: string[];
  readonly written: ReadonlyMap<string, string>;
} {
  const work = recordedWork();
  const answers: Answer[] = [];
  const written = new Map<string, string>();
  const hidden: string[] = [];
  return {
    version: '1.2.3',
    workingFolder: '/home/me',
    emit: work.emit,
    signal: work.signal,
    lookup: (name) => variables[name],
    hostCertificate: undefined,
    readFileIfThere: (path) => Promise.resolve(written.get(path) ?? files[path]),
    writeTextFile: (path, text) => {
      written.set(path, text);
      return Promise.resolve();
    },
    readTextFile: () => Promise.reject(new TypeError('no text file is named')),
    readSmallFile: (path) =>
      files[path] === undefined
        ? Promise.reject(new TypeError(`there is no file '${path}'`))
        : Promise.resolve(Buffer.from(files[path])),
    listFolder: (folder, isWanted) =>
      Promise.resolve(
        Object.entries(folders[folder] ?? {})
          .filter(([name]) => isWanted(name))
          .map(([name, size]) => ({ name, size, path: `/home/me/${folder}/${name}` })),
      ),
    sshAgentSocket: undefined,
    isSocket: () => Promise.resolve(false),
    isModelFolder: () => Promise.resolve(false),
    modelCache: () => Promise.reject(new TypeError('no cache is asked for')),
    cacheLimit: 20_000_000_000,
    keepsakes: () => Promise.resolve(ports.keepsakes),
    sources: () => Promise.resolve(ports.sources),
    tracking: () => Promise.resolve({ credentials: { kind: 'none' } }),
    engine: () => Promise.resolve(ports.engine),
    openRegistry: ports.openRegistry,
    dockerConfig: () => Promise.resolve(ports.dockerConfig),
    signer: () => Promise.resolve(ports.signer),
    loadTemplates: ports.loadTemplates,
    readTemplates: () => Promise.reject(new TypeError('no templates are named')),
    outputFolder: () => {
      throw new TypeError('nothing is written');
    },
    checkOutputFile: () => Promise.resolve(),
    digestFile: (path) => Promise.resolve(`sha256:digest of ${path}`),
    written,
    answer: (answer) => answers.push(answer),
    hide: (...secrets) => hidden.push(...secrets),
    hidden,
    answers,
  };
}
