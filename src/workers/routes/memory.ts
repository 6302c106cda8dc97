// What the route actor remembers: the table of routes and the state of the lines, and the file in which the routes outlive
// the process. Who is told of it: actor.ts.
import { readState, StateFile, type Warn } from '../../files/state-file.js';
import type { LineView } from '../../protocol/destination-memory.js';
import { type LineEvent, LineHealth } from '../../protocol/line-health.js';
import type { RouteReport } from '../../protocol/messages.js';
import type { Options } from '../../protocol/options.js';
import { encodeRoutes, parseRoutes, ROUTES_OCTETS_MAX } from '../../protocol/route-snapshot.js';
import { memoryOf, type RouteState, stateOf } from '../../protocol/route-state.js';
import { RouteTable } from '../../protocol/route-table.js';

/** How often the state file is written, if something has changed. */
const SAVE_EVERY_MS = 60_000;

export class Memory {
  readonly #table: RouteTable;
  readonly #health: LineHealth;
  readonly #lines: Options['lines'];
  readonly #file: StateFile | undefined;
  readonly #saving: NodeJS.Timeout | undefined;
  #changed = false;

  readonly #view: LineView = {
    mayUse: () => true,
    answersEarly: (line) => this.#health.answersEarly(line, performance.now()),
  };

  constructor({ cache, lines }: Options, warn: Warn) {
    this.#table = new RouteTable(cache.entries_max, cache.ttl_s * 1000);
    this.#health = new LineHealth(lines.length);
    this.#lines = lines;
    if (cache.state_file === null) return;
    this.#file = new StateFile(cache.state_file, warn);
    this.#restore(cache.state_file, cache, warn);
    this.#saving = setInterval(() => void this.#save(), SAVE_EVERY_MS);
    this.#saving.unref();
  }

  learn({ destination, event }: RouteReport): void {
    if (event.line >= this.#lines.length) return;
    const now = performance.now();
    const memory = this.#table.open(destination, now);
    memory.apply(event, now, this.#view);
    // So that a new actor begins with the same one. Behind a client's address it is kept as long as it works.
    memory.choose(now, Number.POSITIVE_INFINITY, this.#view, destination.includes(' '));
    this.#changed = true;
  }

  learnLine(event: LineEvent): void {
    if (event.line < this.#lines.length) this.#health.apply(event, performance.now());
  }

  *destinations(): Generator<string> {
    for (const [destination] of this.#table.entries(performance.now())) yield destination;
  }

  earlyLines(): LineEvent[] {
    return this.#lines.flatMap((_, line): LineEvent[] =>
      this.#view.answersEarly(line) ? [{ kind: 'early', line, early: true }] : [],
    );
  }

  /** What is known of a destination now. */
  stateOf(destination: string): RouteState | undefined {
    const now = performance.now();
    const memory = this.#table.peek(destination, now);
    return memory === undefined ? undefined : stateOf(destination, memory, now);
  }

  /** Writes what is to outlive the process. */
  async close(): Promise<void> {
    clearInterval(this.#saving);
    await this.#save();
  }

  async #save(): Promise<void> {
    if (!this.#changed || this.#file === undefined) return;
    this.#changed = false;
    const written = await this.#file.write(() => encodeRoutes(this.#states(), this.#lines, Date.now()));
    // Tried again the next time, although nothing may have changed by then.
    if (!written) this.#changed = true;
  }

  /** Of what is there now, although it goes on changing while it is written; the one used last first. */
  *#states(): Generator<RouteState> {
    for (const destination of [...this.destinations()].reverse()) {
      const state = this.stateOf(destination);
      if (state !== undefined) yield state;
    }
  }

  #restore(path: string, { ttl_s, entries_max }: Options['cache'], warn: Warn): void {
    const text = readState(path, ROUTES_OCTETS_MAX, warn);
    if (text === undefined) return;
    const parsed = parseRoutes(text, this.#lines, { now: Date.now(), age_max_ms: ttl_s * 1000, entries_max });
    if (parsed.kind === 'invalid') {
      warn(`${path} is ignored: ${parsed.why}`);
      return;
    }
    const now = performance.now();
    for (const state of parsed.routes.toReversed())
      this.#table.put(state.destination, memoryOf(state, now, this.#lines.length));
  }
}
