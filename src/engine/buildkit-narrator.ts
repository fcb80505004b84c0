import type { CaissonError } from '../core/errors.ts';
import type { Step } from '../core/events.ts';
import { buildFailure, buildFailureWithoutStep, LogTail } from './build-failure.ts';
import type { BuildNarrator } from './build-narrator.ts';
import { decodeBuildkitStatus, type Vertex, type VertexLog } from './buildkit-status.ts';
import { baseFailure } from './engine-errors.ts';
import type { EngineMessage } from './engine-messages.ts';
import { textOf, valueAt } from './json-values.ts';
import { LineSplitter } from './line-splitter.ts';
import { shortInstruction } from './short-instruction.ts';

interface VertexState {
  vertex: Vertex;
  isAnnounced: boolean;
  readonly splitter: LineSplitter;
  readonly tail: LogTail;
}

const INTERNAL = '[internal] ';
/** A cache that is not there fails, and the build goes on. */
const IMPORT = 'importing cache manifest from ';
const BASE_METADATA = /^\[internal\] load metadata for (\S+)$/;

/** Follows a BuildKit build: a graph of vertexes, several at a time, each sent again when it changes. */
export class BuildkitNarrator implements BuildNarrator {
  imageId: string | undefined;
  readonly #step: Step;
  /** By digest, in the order in which they turned up. */
  readonly #states = new Map<string, VertexState>();

  constructor(step: Step) {
    this.#step = step;
  }

  take(message: EngineMessage): void {
    if (message.id === 'moby.image.id') this.imageId = textOf(valueAt(message.aux, 'ID')) ?? this.imageId;
    if (message.id !== 'moby.buildkit.trace' || typeof message.aux !== 'string') return;
    const { vertexes, logs } = decodeBuildkitStatus(message.aux);
    for (const vertex of vertexes) this.#takeVertex(vertex);
    for (const log of logs) this.#takeLog(log);
    if (vertexes.length > 0) this.#report();
  }

  failure(message: string): CaissonError {
    const states = [...this.#states.values()].filter(({ vertex }) => !vertex.name.startsWith(IMPORT));
    // Steps that run beside the failing one are cancelled with an error of their own.
    const failed =
      states.find(({ vertex }) => vertex.error !== '' && !/context canceled/i.test(vertex.error)) ??
      states.find(({ vertex }) => vertex.error !== '');
    if (failed === undefined) return buildFailureWithoutStep(message);
    const { name, error } = failed.vertex;
    const base = BASE_METADATA.exec(name)?.[1];
    if (base !== undefined) return baseFailure(base, error);
    this.#finish(failed);
    const [, position, instruction = name] = /^\[([^\]]+)\] (.*)$/s.exec(name) ?? [];
    const from = /^FROM (\S+)$/.exec(instruction)?.[1];
    if (from !== undefined) return baseFailure(from, error);
    return buildFailure({
      ...(position === undefined ? {} : { position }),
      instruction,
      tail: failed.tail.lines,
      message: error,
    });
  }

  #takeVertex(vertex: Vertex): void {
    const state = this.#states.get(vertex.digest) ?? {
      vertex,
      isAnnounced: false,
      splitter: new LineSplitter(),
      tail: new LogTail(),
    };
    state.vertex = vertex;
    this.#states.set(vertex.digest, state);
    if (vertex.isStarted && !state.isAnnounced && !vertex.name.startsWith(INTERNAL)) {
      state.isAnnounced = true;
      const name = shortInstruction(vertex.name);
      this.#step.log(vertex.isCached ? `CACHED ${name}` : name);
    }
    if (vertex.isCompleted) this.#finish(state);
    if (vertex.error !== '' && vertex.name.startsWith(IMPORT))
      this.#step.log(`${vertex.name}: ${vertex.error}`);
  }

  #takeLog({ vertexDigest, bytes }: VertexLog): void {
    const state = this.#states.get(vertexDigest);
    if (state !== undefined) this.#emit(state, state.splitter.push(bytes));
  }

  #finish(state: VertexState): void {
    this.#emit(state, state.splitter.flush());
  }

  #emit({ tail }: VertexState, lines: readonly string[]): void {
    for (const line of lines) {
      tail.add(line);
      this.#step.log(line);
    }
  }

  #report(): void {
    const states = [...this.#states.values()];
    const running = states.findLast(
      ({ vertex }) => vertex.isStarted && !vertex.isCompleted && !vertex.name.startsWith(INTERNAL),
    );
    this.#step.progress({
      done: states.filter(({ vertex }) => vertex.isCompleted).length,
      total: states.length,
      unit: 'items',
      ...(running === undefined ? {} : { note: shortInstruction(running.vertex.name) }),
    });
  }
}
