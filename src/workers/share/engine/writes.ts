// Writes that may wait: the last one for each key, sent in batches a few times a second, kept while the engine is away and dropped
// when they are too old or too many. For what is said again later anyway.
import type { Command, Engine } from './engine.js';
import { isError } from './faults.js';

/** A batch goes so long after the first write, and the next one so long after that. */
const EVERY_MS = 100;
const BATCH_MAX = 256;
const WAITING_MAX = 4096;
/** Parts of a command together; a larger one is dropped. */
const COMMAND_BYTES_MAX = 4096;
const OLDEST_MS = 60_000;
const WITHIN_MS = 2000;

interface Waiting {
  readonly command: Command;
  readonly since_ms: number;
}

export interface WriteCounts {
  readonly put: number;
  /** Done by the engine. */
  readonly written: number;
  /** Those that a later one for their key has replaced. */
  readonly replaced: number;
  /** Those that were too old, too many or too large. */
  readonly dropped: number;
  /** Those that the engine has refused. */
  readonly refused: number;
  readonly waiting: number;
}

export class Writes {
  readonly #engine: Engine;
  readonly #now: () => number;
  /** The oldest one first. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #counts = { put: 0, written: 0, replaced: 0, dropped: 0, refused: 0 };
  #timer: NodeJS.Timeout | undefined;
  #isSending = false;
  #isClosed = false;

  /** `now`: in ms, monotonic. */
  constructor(engine: Engine, now: () => number) {
    this.#engine = engine;
    this.#now = now;
    engine.onUp(() => this.#schedule());
  }

  get counts(): WriteCounts {
    return { ...this.#counts, waiting: this.#waiting.size };
  }

  /** `command`: what sets `key`, again and again with the same outcome: it may be done twice. */
  put(key: string, command: Command): void {
    this.#counts.put += 1;
    if (this.#waiting.delete(key)) this.#counts.replaced += 1;
    if (this.#isClosed || bytesOf(command) > COMMAND_BYTES_MAX) {
      this.#counts.dropped += 1;
      return;
    }
    this.#waiting.set(key, { command, since_ms: this.#now() });
    if (this.#waiting.size > WAITING_MAX) this.#dropOldest();
    this.#schedule();
  }

  /** What waits is dropped. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#counts.dropped += this.#waiting.size;
    this.#waiting.clear();
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#isSending || this.#isClosed) return;
    if (this.#waiting.size === 0 || !this.#engine.isUp) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#flush();
    }, EVERY_MS);
  }

  async #flush(): Promise<void> {
    this.#dropOld();
    const batch: (readonly [string, Waiting])[] = [];
    for (const entry of this.#waiting) {
      batch.push(entry);
      if (batch.length === BATCH_MAX) break;
    }
    if (batch.length === 0) return;
    this.#isSending = true;
    const replies = await this.#engine.ask(
      batch.map(([, { command }]) => command),
      WITHIN_MS,
    );
    this.#isSending = false;
    for (const [at, [key, one]] of batch.entries()) {
      const reply = replies?.[at];
      if (reply === undefined) break;
      this.#counts[isError(reply) ? 'refused' : 'written'] += 1;
      // A later one has come meanwhile, or it was dropped.
      if (this.#waiting.get(key) === one) this.#waiting.delete(key);
    }
    this.#schedule();
  }

  #dropOld(): void {
    const oldest_ms = this.#now() - OLDEST_MS;
    for (const [, { since_ms }] of this.#waiting) {
      if (since_ms >= oldest_ms) return;
      this.#dropOldest();
    }
  }

  #dropOldest(): void {
    const [key] = this.#waiting.keys();
    if (key !== undefined && this.#waiting.delete(key)) this.#counts.dropped += 1;
  }
}

const bytesOf = (command: Command): number => command.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
