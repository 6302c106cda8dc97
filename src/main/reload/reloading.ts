// Reloads: reads the whole new configuration, and changes what can be changed while the gateway runs, or nothing where anything
// is wrong. One reload follows another. It logs nothing: who asked says what came of it.
import type { LineNumbers } from '../../protocol/lines/numbers.js';
import type { Configuration, LogLevel, Options } from '../../protocol/options.js';
import { type Effective, effective } from '../config/computed.js';
import type { InEffect } from '../config/in-effect.js';
import type { Loaded } from '../config/load.js';
import { type Prepared, prepareAll } from '../process/change.js';
import type { Done } from '../process/done.js';
import { adopt } from './adopt.js';
import { AT_START, type Changes, changesBetween } from './changes.js';

export type Reloaded =
  | ({ readonly code: 'reloaded'; readonly warnings: readonly string[] } & Changes)
  /** Nothing has changed. `problems`: sentences. */
  | { readonly code: 'refused'; readonly problems: readonly string[]; readonly warnings: readonly string[] };

/** Reads the configuration; lines get numbers of `numbers`. */
export type Read = (numbers: LineNumbers) => Loaded;

/** What a reload changes: see Gateway. */
interface Published {
  options(): Options;
  publish(next: Configuration): Promise<Done>;
  setLogLevel(level: LogLevel): Promise<void>;
}

/** Where a configuration was written. */
export type Written = Pick<Extract<Loaded, { kind: 'loaded' }>, 'file' | 'whereRule' | 'inEffect'>;

const UNWRITTEN: Written = { file: undefined, whereRule: (rule) => `rules[${rule}]`, inEffect: () => [] };

/** What changes beside the gateway. */
export interface Beside {
  prepare(next: Configuration): Promise<Prepared>;
}

export class Reloading {
  readonly #gateway: Published;
  readonly #read: Read;
  readonly #beside: readonly Beside[];
  #numbers: LineNumbers;
  #inForce: Configuration;
  #last: Promise<unknown> = Promise.resolve();
  #written: Written;
  /** Set while the gateway runs, and until the next reload. */
  #level: LogLevel | undefined;

  /** `numbers`: those of the lines of `inForce`, with which the gateway was started. */
  constructor(
    gateway: Published,
    read: Read,
    numbers: LineNumbers,
    inForce: Configuration,
    beside: readonly Beside[] = [],
    written = UNWRITTEN,
  ) {
    this.#written = written;
    this.#gateway = gateway;
    this.#beside = beside;
    this.#read = read;
    this.#numbers = numbers;
    this.#inForce = inForce;
  }

  /** What the gateway runs on. */
  get inForce(): Configuration {
    return this.#inForce;
  }

  /** Resolves when none is under way. */
  get settled(): Promise<unknown> {
    return this.#last;
  }

  /** A reload that is asked for during another one comes after it, and reads the configuration then. */
  reload(): Promise<Reloaded> {
    const next = this.#last.then(() => this.#once());
    this.#last = next;
    return next;
  }

  /** Where the configuration in force was written. */
  get written(): Written {
    return this.#written;
  }

  /** Every key with its value, and where that came from. */
  get effect(): readonly Effective[] {
    return effective(this.#written.inEffect(), this.#gateway.options(), this.#level);
  }

  /** Sets the level of the log until the next reload. Resolves with the one before. */
  setLogLevel(log_level: LogLevel): Promise<LogLevel> {
    const next = this.#last.then(async () => {
      const before = this.#inForce.log_level;
      await this.#gateway.setLogLevel(log_level);
      // A reload finds the difference, and sets the configured level again.
      this.#inForce = { ...this.#inForce, log_level };
      this.#level = log_level;
      return before;
    });
    this.#last = next;
    return next;
  }

  async #once(): Promise<Reloaded> {
    // The numbers of a configuration that is refused are not used.
    const numbers = this.#numbers.copy();
    const loaded = this.#read(numbers);
    const { warnings } = loaded;
    if (loaded.kind === 'invalid') return { code: 'refused', problems: loaded.errors, warnings };
    const changes = changesBetween(this.#inForce, loaded.options);
    const next = adopt(this.#inForce, loaded.options);
    if (changes.changed.length > 0) {
      const done = await this.#change(next);
      if (done.code === 'failed') return { code: 'refused', problems: [done.message], warnings };
      this.#numbers = numbers;
      this.#inForce = next;
    }
    this.#written = adoptedFrom(loaded, this.#written);
    this.#level = undefined;
    return { code: 'reloaded', ...changes, warnings };
  }

  /** Changes everything, or, where one part of it cannot be, nothing. */
  async #change(next: Configuration): Promise<Done> {
    const prepared = await prepareAll(this.#beside.map((part) => () => part.prepare(next)));
    if (prepared.code === 'failed') return prepared;
    const { change } = prepared;
    // The gateway is the last that may fail.
    const published = await this.#gateway.publish(next);
    await (published.code === 'failed' ? change.drop() : change.make());
    return published;
  }
}

/** Keys that only a start can change have stayed as they were. */
function adoptedFrom({ file, whereRule, inEffect }: Written, before: Written): Written {
  const earlier = before.inEffect().filter(({ key }) => AT_START.has(key));
  const kept = new Map(earlier.map((one) => [one.key, one]));
  return { file, whereRule, inEffect: (): readonly InEffect[] => inEffect().map((one) => kept.get(one.key) ?? one) };
}
