// The tiers, costs and weights of all lines as a race asks for them, by the line's number; and which of several equal lines a
// destination begins with. Where nothing distinguishes the lines there are no preferences at all, and nothing asks.
import type { Line } from './line.js';
import { byNumber, identityOf, tableLength } from './numbers.js';

export class Preferences {
  readonly #tiers: Uint8Array;
  readonly #costs: Uint16Array;
  /** Undefined where no line has a weight. */
  readonly #weights: Uint8Array | undefined;
  /** Hashes of what the lines are: the same in all actors and processes. */
  readonly #hashes: Uint32Array;
  readonly #numbers: readonly number[];
  /** By how many tiers a line has gone back; undefined where none ever does. */
  readonly #moved: ((line: number) => number) | undefined;

  private constructor(lines: readonly Line[], moved: ((line: number) => number) | undefined) {
    this.#moved = moved;
    const table = byNumber(lines);
    const all = <T>(of: (line: Line) => number, usual: T) =>
      table.map((line) => (line === undefined ? usual : of(line)));
    this.#tiers = Uint8Array.from(all(({ tier }) => tier, 0));
    this.#costs = Uint16Array.from(all(({ cost_ms }) => cost_ms, 0));
    const isSpread = lines.some(({ weight }) => weight !== undefined);
    this.#weights = isSpread ? Uint8Array.from(all(({ weight }) => weight ?? 1, 1)) : undefined;
    this.#hashes = new Uint32Array(tableLength(lines));
    for (const line of lines) this.#hashes[line.number] = hashOf(identityOf(line));
    this.#numbers = lines.map(({ number }) => number);
  }

  /**
   * Undefined where all lines have one tier and one cost, none a weight, and none moves. `moved`: by how many tiers a line has gone
   * back, where budgets may be spent.
   */
  static of(lines: readonly Line[], moved?: (line: number) => number): Preferences | undefined {
    const [first] = lines;
    const areAlike = lines.every(
      ({ tier, cost_ms, weight }) => tier === first.tier && cost_ms === first.cost_ms && weight === undefined,
    );
    return areAlike && moved === undefined ? undefined : new Preferences(lines, moved);
  }

  tierOf(line: number): number {
    const tier = this.#tiers[line];
    return this.#moved === undefined ? tier : tier + this.#moved(line);
  }

  costOf(line: number): number {
    return this.#costs[line];
  }

  /** Below 0 where line `a` comes before `b`: by tier, then by cost. */
  compare(a: number, b: number): number {
    return this.tierOf(a) - this.tierOf(b) || this.costOf(a) - this.costOf(b);
  }

  /** Whether no line comes before it. */
  isCheapest(line: number): boolean {
    for (const other of this.#numbers) if (this.compare(other, line) < 0) return false;
    return true;
  }

  /** Whether equal lines share the destinations. */
  get areSpread(): boolean {
    return this.#weights !== undefined;
  }

  /**
   * The one of these lines with which a destination begins: each gets its share of all destinations, by its weight (rendezvous
   * hashing). A line more or less moves only the destinations that it gains or loses.
   */
  shareOf(destination: string, lines: readonly number[]): number {
    const key = hashOf(destination);
    let chosen = lines[0];
    let least = Number.POSITIVE_INFINITY;
    for (const line of lines) {
      // Evenly distributed above 0 and below 1.
      const even = (mixed(key ^ this.#hashes[line]) + 0.5) / 2 ** 32;
      const distance = -Math.log(even) / (this.#weights?.[line] ?? 1);
      if (distance >= least) continue;
      least = distance;
      chosen = line;
    }
    return chosen;
  }
}

/** FNV-1a, of the text's UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mixed(hash);
}

/** Spreads every bit over all others (the last step of MurmurHash3). */
function mixed(hash: number): number {
  let bits = hash;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
