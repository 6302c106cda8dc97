// What the route actor remembers: the table of routes, the state of the lines, and the file in which routes outlive the
// process. actor.ts passes it on to connection actors.
import { open } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readLines } from '../../files/line-reader.js';
import { StateFile, type Warn, writePieces } from '../../files/state-file.js';
import type { Options } from '../../protocol/options.js';
import { isSticky } from '../../protocol/routes/destination-key.js';
import type { DestinationMemory } from '../../protocol/routes/destination-memory.js';
import { encodeRoutes, ROUTES_BEGIN, ROUTES_OCTETS_MAX, RouteReader } from '../../protocol/routes/snapshot.js';
import { memoryOf, type RouteState, stateOf } from '../../protocol/routes/state.js';
import { RouteTable } from '../../protocol/routes/table.js';
import type { Pin } from '../../protocol/steering/steering.js';
import type { RouteReport } from '../../threads/contracts/routes.js';
import type { KnownLines } from './known-lines.js';
import { Pins } from './pins.js';

/** How often the state file is written, if something has changed. */
const SAVE_EVERY_MS = 60_000;
/** Routes that are restored in one turn, which takes some milliseconds. */
const PIECE = 5000;

/** A destination with what is remembered of it. */
export type Known = readonly [destination: string, memory: DestinationMemory];

export interface RouteMemoryParts {
  readonly warn: Warn;
  /** Called with the destinations that the state file had. */
  readonly tell: (destinations: readonly string[]) => void;
  /** Whether another process writes the state file. */
  readonly readOnly: boolean;
  /** The path of what is restored in place of the state file. */
  readonly left?: string | undefined;
}

export class RouteMemory {
  readonly #table: RouteTable;
  readonly #lines: KnownLines;
  #cache: Options['cache'];
  #readOnly: boolean;
  #file: StateFile | undefined;
  readonly #saving: NodeJS.Timeout;
  readonly #warn: Warn;
  readonly #tell: RouteMemoryParts['tell'];
  /** Resolves when the content of the state file is known, or cannot be used. */
  restored: Promise<void>;
  #isRestored = false;
  readonly #pins = new Pins();
  /** Set once the reading of a state file is to end: that of another one has begun. */
  #reading = { isOver: false };
  #changed = false;
  /** The last write that was begun. */
  #writing: Promise<boolean> = Promise.resolve(true);

  constructor(cache: Options['cache'], lines: KnownLines, { warn, tell, readOnly, left }: RouteMemoryParts) {
    this.#table = new RouteTable(cache.entries_max, cache.ttl_s * 1000);
    this.#lines = lines;
    this.#tell = tell;
    this.#cache = cache;
    this.#readOnly = readOnly;
    this.#warn = warn;
    this.restored = this.#open(left);
    // The state file may be older.
    if (left !== undefined) this.#changed = true;
    this.#saving = setInterval(() => void this.save(), SAVE_EVERY_MS);
    this.#saving.unref();
  }

  /**
   * Reads the state file, or what is `left`, and has the file written from then on. Resolves when its content is known, or cannot be
   * used.
   */
  async #open(left?: string): Promise<void> {
    this.#reading.isOver = true;
    const reading = { isOver: false };
    this.#reading = reading;
    this.#isRestored = false;
    const { state_file } = this.#cache;
    this.#file =
      state_file === null || this.#readOnly ? undefined : new StateFile(state_file, this.#warn, ROUTES_BEGIN);
    const from = left ?? state_file;
    if (from !== null) await this.#restore(from, reading);
    if (!reading.isOver) this.#isRestored = true;
  }

  /** Other bounds, and perhaps another state file. Resolves when the earlier one is no longer written. */
  async setCache(cache: Options['cache'], readOnly: boolean): Promise<void> {
    const isSame = cache.state_file === this.#cache.state_file && readOnly === this.#readOnly;
    this.#cache = cache;
    this.#readOnly = readOnly;
    this.#table.setBounds(cache.entries_max, cache.ttl_s * 1000);
    if (isSame) return;
    this.#changed = true;
    this.restored = this.#open();
    await this.#writing;
  }

  /** Lines have been added or removed. */
  linesChanged(): void {
    this.#changed = true;
  }

  /** The pins that were read; they are main's from the next `setPins` on. */
  async takePins(): Promise<readonly Pin[]> {
    await this.restored;
    return this.#pins.take();
  }

  /** Pins of destinations outlive the process with the routes. */
  setPins(pins: readonly Pin[]): void {
    if (!this.#pins.set(pins)) return;
    this.#changed = true;
    void this.save();
  }

  /** All that is known, in the form of the state file. */
  encoded(): Generator<string> {
    return encodeRoutes(this.#states(), this.#lines.all, Date.now(), { pins: this.#pins.all });
  }

  /** Applies what a connection actor has reported of a destination. Returns whether nothing was known of it before. */
  learn({ destination, event }: RouteReport): boolean {
    if (event.line >= this.#lines.end) return false;
    const now = performance.now();
    const isNew = this.#table.peek(destination, now) === undefined;
    const memory = this.#table.open(destination, now);
    memory.apply(event, now, this.#lines.view(false));
    // Chooses here so that a new actor begins with the same best one.
    const sticky = isSticky(destination);
    memory.choose(now, Number.POSITIVE_INFINITY, this.#lines.view(sticky), sticky);
    this.#changed = true;
    return isNew;
  }

  get isEmpty(): boolean {
    return this.#table.size === 0;
  }

  /** Destinations that are remembered. */
  get size(): number {
    return this.#table.size;
  }

  /** What is remembered of a destination. */
  peek(destination: string): DestinationMemory | undefined {
    return this.#table.peek(destination, performance.now());
  }

  /** All that is remembered. */
  entries(): Generator<readonly [destination: string, memory: DestinationMemory]> {
    return this.#table.entries(performance.now());
  }

  /** Returns whether anything was remembered of it. */
  forget(destination: string): boolean {
    const isKnown = this.#table.forget(destination);
    this.#changed ||= isKnown;
    return isKnown;
  }

  get ttl_ms(): number {
    return this.#cache.ttl_s * 1000;
  }

  get refresh_ms(): number {
    return this.#cache.refresh_s * 1000;
  }

  /** The remembered destinations, the least recently used first. */
  *destinations(): Generator<string> {
    for (const [destination] of this.#table.entries(performance.now())) yield destination;
  }

  /** The current state of a destination; undefined if nothing is remembered. */
  stateOf(destination: string): RouteState | undefined {
    const now = performance.now();
    const memory = this.#table.peek(destination, now);
    return memory === undefined ? undefined : stateOf(destination, memory, now);
  }

  /** Writes the state that outlives the process. */
  async close(): Promise<void> {
    clearInterval(this.#saving);
    // A write that the stop signal has begun may still be under way.
    await this.#writing;
    await this.save();
    this.#reading.isOver = true;
    await this.restored;
  }

  /** Writes all that is known to the file at a path, once what was to be restored is. */
  async snapshot(path: string): Promise<void> {
    await this.restored;
    const file = await open(path, 'w');
    try {
      await writePieces(file, this.encoded());
    } finally {
      await file.close();
    }
  }

  /** Another process writes the state file from now on. */
  async retire(): Promise<void> {
    clearInterval(this.#saving);
    this.#file = undefined;
    await this.#writing;
  }

  /** Writes the state file if anything has changed and the file has been restored. */
  async save(): Promise<void> {
    // A half restored state would replace the whole one.
    if (!this.#changed || this.#file === undefined || !this.#isRestored) return;
    this.#changed = false;
    this.#writing = this.#file.write(() => this.encoded());
    const written = await this.#writing;
    // The next save tries again, even if nothing has changed by then.
    if (!written) this.#changed = true;
  }

  /** The states of all destinations that exist at this moment, the most recently used first; changes go on meanwhile. */
  *#states(): Generator<RouteState> {
    for (const destination of [...this.destinations()].reverse()) {
      const state = this.stateOf(destination);
      if (state !== undefined) yield state;
    }
  }

  /** Restores what the last process knew, in pieces. What was learned meanwhile is newer and stays. */
  async #restore(path: string, reading: { readonly isOver: boolean }): Promise<void> {
    const { ttl_s, entries_max } = this.#cache;
    const reader = new RouteReader(this.#lines.all, { now: Date.now(), age_max_ms: ttl_s * 1000, entries_max });
    const begun = performance.now();
    /** The most recently used first. */
    const kept: Known[] = [];
    const read = await readLines(path, ROUTES_OCTETS_MAX, (line, hasEnd) => {
      const state = reader.take(line, hasEnd);
      if (state !== undefined) kept.push([state.destination, memoryOf(state, begun, this.#lines.end)]);
      return reader.isWell && !reading.isOver;
    });
    if (read.kind === 'absent' && read.code === 'ENOENT') return;
    const why = whyNot(read) ?? reader.end();
    if (reading.isOver) return;
    if (why !== undefined) {
      this.#warn(`${path} is ignored: ${why}`);
      return;
    }
    this.#pins.found(reader.pins);
    await this.#takeOver(kept, () => reading.isOver);
  }

  /**
   * Takes over what another gateway remembers, the most recently used first, as far as there is room: what is known here stays, and
   * so does what the state file has. Resolves with how many destinations were taken.
   */
  async join(kept: readonly Known[], ended: AbortSignal): Promise<number> {
    await this.restored;
    const taken = await this.#takeOver(kept, () => ended.aborted);
    if (taken > 0) this.#changed = true;
    return taken;
  }

  /** In pieces, each of which is told. Resolves with how many destinations were taken. */
  async #takeOver(kept: readonly Known[], isOver: () => boolean): Promise<number> {
    let taken = 0;
    const learned = [...this.#table.entries(performance.now())];
    const room = this.#cache.entries_max - learned.length;
    for (let end = Math.min(kept.length, Math.max(room, 0)); end > 0; end -= PIECE) {
      const piece = kept.slice(Math.max(0, end - PIECE), end).reverse();
      for (const [destination, memory] of piece) {
        if (this.#table.peek(destination, performance.now()) !== undefined) continue;
        this.#table.put(destination, memory);
        taken += 1;
      }
      this.#tell(piece.map(([destination]) => destination));
      await nextTurn();
      if (isOver()) return taken;
    }
    // These were used later than all that was restored.
    for (const [destination, memory] of learned) this.#table.put(destination, memory);
    return taken;
  }
}

function whyNot(read: Awaited<ReturnType<typeof readLines>>): string | undefined {
  if (read.kind === 'read') return undefined;
  return read.kind === 'absent' ? read.code : `it ${read.why}`;
}
