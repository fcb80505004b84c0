import type { BuildPorts, Work } from '../../src/actions/ports.ts';
import type { CaissonEvent } from '../../src/core/events.ts';
import { loadTemplateSet } from '../../src/platform/template-files.ts';
import type { Keepsakes } from '../../src/platform/keepsakes.ts';
import type { RegistryCredentials } from '../../src/model/registry-credentials.ts';
import { CaissonError } from '../../src/core/errors.ts';
import type { DockerConfigFile, ImageSigner, SignatureRequest } from '../../src/registry/port.ts';
import { FakeEngine } from './fake-engine.ts';
import { registriesOf } from './fake-registry-api.ts';
import { InMemorySources } from './in-memory-sources.ts';

/** A docker config.json in memory. */
export function dockerConfigOf(
  logins: RegistryCredentials = {},
  more: { readonly proxies?: Readonly<Record<string, string>>; readonly helper?: string } = {},
): DockerConfigFile {
  const only = (registries: readonly string[]): RegistryCredentials =>
    Object.fromEntries(Object.entries(logins).filter(([registry]) => registries.includes(registry)));
  return {
    credentialsFor: (registries) => Promise.resolve(only(registries)),
    allCredentials: () => Promise.resolve(logins),
    helpersFor: (registries) =>
      Promise.resolve(
        more.helper === undefined ? [] : registries.map((registry) => ({ registry, helper: more.helper! })),
      ),
    proxyVariables: () => Promise.resolve(more.proxies ?? {}),
  };
}

function keepsakesInMemory(): Keepsakes {
  const kept = new Map<string, string>();
  return {
    read: (kind, key) => Promise.resolve(kept.get(`${kind}/${key}`)),
    write: (kind, key, text) => {
      kept.set(`${kind}/${key}`, text);
      return Promise.resolve();
    },
    list: () => Promise.resolve([]),
    remove: (kind, key) => {
      kept.delete(`${kind}/${key}`);
      return Promise.resolve();
    },
  };
}

/** Keeps what it was asked to sign; without cosign, it refuses at once. */
class RecordingSigner implements ImageSigner {
  readonly signed: { readonly image: string; readonly key?: string }[] = [];
  isInstalled = true;

  check(): Promise<void> {
    return this.isInstalled
      ? Promise.resolve()
      : Promise.reject(new CaissonError('PROGRAM_MISSING', 'no cosign'));
  }

  sign({ image, key, onLine }: SignatureRequest): Promise<void> {
    onLine('signed');
    this.signed.push({ image, ...(key === undefined ? {} : { key }) });
    return Promise.resolve();
  }
}

export interface TestPorts extends BuildPorts {
  readonly signer: RecordingSigner;
  readonly engine: FakeEngine;
  readonly sources: InMemorySources;
}

export function testPorts(dockerConfig: DockerConfigFile = dockerConfigOf()): TestPorts {
  const engine = new FakeEngine();
  return {
    engine,
    openRegistry: registriesOf(engine),
    sources: new InMemorySources(),
    dockerConfig,
    keepsakes: keepsakesInMemory(),
    signer: new RecordingSigner(),
    loadTemplates: () => loadTemplateSet(),
  };
}

export interface RecordedWork extends Work {
  readonly events: CaissonEvent[];
  readonly abort: (reason: unknown) => void;
  /** Titles of the steps that began. */
  readonly steps: () => readonly string[];
}

export function recordedWork(): RecordedWork {
  const controller = new AbortController();
  const events: CaissonEvent[] = [];
  return {
    events,
    emit: (event) => events.push(event),
    signal: controller.signal,
    abort: (reason) => {
      controller.abort(reason);
    },
    steps: () => events.flatMap((event) => (event.type === 'step.start' ? [event.title] : [])),
  };
}
