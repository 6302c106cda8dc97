// The neighbours of destinations among those that this actor remembers, and what they tell of first contacts. What is remembered
// is the table's; the names of sites come from the route actor.
import type { Target } from '../../../../protocol/address/target.js';
import type { Candidate } from '../../../../protocol/lines/candidate.js';
import type { Options } from '../../../../protocol/options.js';
import { isSticky, isUdp } from '../../../../protocol/routes/destination-key.js';
import type { LineView } from '../../../../protocol/routes/destination-memory.js';
import { type Hint, type HintRules, hintFrom, type Neighbour } from '../../../../protocol/routes/hints.js';
import { Neighbours } from '../../../../protocol/routes/neighbours.js';
import type { RouteTable } from '../../../../protocol/routes/table.js';

export class KnownNeighbours {
  readonly #table: RouteTable;
  /** Undefined where there is no choice of lines. */
  #index: Neighbours | undefined;
  /** Numbers of the lines whose candidates have the addresses of destinations. */
  #direct: ReadonlySet<number> = new Set();

  constructor(table: RouteTable, lines: Options['lines']) {
    this.#table = table;
    this.setLines(lines);
  }

  setLines(lines: Options['lines']): void {
    this.#index = lines.length > 1 ? (this.#index ?? new Neighbours()) : undefined;
    this.#direct = new Set(lines.filter(({ isDirect }) => isDirect).map(({ number }) => number));
  }

  /** The names of sites. */
  learn(sites: readonly string[]): void {
    this.#index?.learn(sites);
  }

  /** A destination is remembered from now on. */
  add(destination: string): void {
    this.#index?.add(destination);
  }

  /** It is reached by this candidate. */
  place(destination: string, { line, ip }: Candidate): void {
    const isForAll = !isSticky(destination) && !isUdp(destination);
    if (isForAll && this.#direct.has(line)) this.#index?.addAddress(destination, ip);
  }

  /** What neighbours tell of a destination of which nothing is remembered. `ip`: one of its addresses, if it is known. */
  hint(target: Target, ip: Uint8Array | undefined, rules: HintRules, now: number, lines: LineView): Hint | undefined {
    const index = this.#index;
    if (index === undefined) return undefined;
    const tell = (by: Hint['by'], keys: readonly string[]): Hint | undefined => {
      const known: Neighbour[] = [];
      for (const key of keys) {
        const memory = this.#table.peek(key, now);
        if (memory !== undefined) known.push([key, memory]);
      }
      return hintFrom(by, known, target.port, rules, now, lines);
    };
    const ofSite = target.ip === undefined ? tell('site', index.ofSite(target.host)) : undefined;
    return ofSite ?? (ip === undefined ? undefined : tell('network', index.ofNetwork(ip)));
  }
}
