// What of the lines that a connection may use is left by what an operator has set by hand. A pin to a line that the connection may
// not use (by a rule, or as its user) does not count, and a pin of the destination goes before one of all. Nothing falls back: a
// pinned line that fails, or is paused, leaves no other. Pure.
import type { Steering } from './steering.js';

/** Why a line is left out. */
export type SteeredAway =
  | { readonly kind: 'paused' }
  /** `line`: the one that is left; `all`: whether all connections are pinned to it, not the destination alone. */
  | { readonly kind: 'pinned-elsewhere'; readonly line: number; readonly all: boolean };

export class Steered {
  readonly #paused: ReadonlySet<number>;
  readonly #pinned: number | undefined;
  readonly #pins: ReadonlyMap<string, number>;

  constructor({ paused, pinned, pins }: Steering) {
    this.#paused = new Set(paused);
    this.#pinned = pinned;
    this.#pins = new Map(pins.map(({ destination, line }) => [destination, line]));
  }

  /** Whether the destination matters. */
  get hasPins(): boolean {
    return this.#pins.size > 0;
  }

  isPaused(line: number): boolean {
    return this.#paused.has(line);
  }

  /** The line to which a connection is pinned that may use these lines. `destination`: its key for all askers. */
  pinned(lines: readonly number[], destination: string): { readonly line: number; readonly all: boolean } | undefined {
    const own = this.#pins.get(destination);
    if (own !== undefined && lines.includes(own)) return { line: own, all: false };
    const line = this.#pinned;
    return line !== undefined && lines.includes(line) ? { line, all: true } : undefined;
  }

  /** Those of the lines that are left; the same array where all are. */
  left(lines: readonly number[], destination: string): readonly number[] {
    const pinned = this.pinned(lines, destination);
    if (pinned !== undefined) return this.#paused.has(pinned.line) ? [] : [pinned.line];
    return lines.some((line) => this.#paused.has(line)) ? lines.filter((line) => !this.#paused.has(line)) : lines;
  }

  /** Why a line is not left that the connection may use; undefined where it is. */
  away(line: number, lines: readonly number[], destination: string): SteeredAway | undefined {
    const pinned = this.pinned(lines, destination);
    if (this.#paused.has(line)) return { kind: 'paused' };
    return pinned === undefined || pinned.line === line ? undefined : { kind: 'pinned-elsewhere', ...pinned };
  }
}
