// Which lines fail this gateway now, so that others are to hear of it: it has seen that itself and lately, and others of its lines work.
// When it is told is decided in lines-told.ts. Pure: times are of any one clock.
import type { LineEvent, LineHealth } from '../lines/health/health.js';

/** Without a further failure the line may work again, and nobody has tried. */
const SEEN_MS = 30_000;

export class OwnLines {
  readonly #health: Pick<LineHealth, 'isDead' | 'circuit' | 'isLinkDown'>;
  /** When each line failed last, as far as actors tell. Bounded by the lines. */
  readonly #failed = new Map<number, number>();

  constructor(health: Pick<LineHealth, 'isDead' | 'circuit' | 'isLinkDown'>) {
    this.#health = health;
  }

  /** An actor of this gateway tells of a line, and `health` knows it already. */
  learned({ kind, line }: LineEvent, now: number): void {
    if (kind === 'proxy-failed' || kind === 'lost' || kind === 'hangs') this.#failed.set(line, now);
  }

  /** Of all lines of the gateway, those to tell of. */
  down(lines: readonly number[], now: number): ReadonlySet<number> {
    const down = lines.filter((line) => this.#isDown(line, now));
    // Where none works, it is this gateway that is cut off.
    if (down.length === lines.length) return new Set();
    return new Set(down.filter((line) => now - (this.#failed.get(line) ?? Number.NEGATIVE_INFINITY) <= SEEN_MS));
  }

  /** That a link of this machine is down says nothing to others. */
  #isDown(line: number, now: number): boolean {
    if (this.#health.isLinkDown(line)) return false;
    return this.#health.circuit(line, now) !== undefined || this.#health.isDead(line, now);
  }
}
